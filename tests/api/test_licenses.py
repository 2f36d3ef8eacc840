"""What software is told about its license key."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from showpiece.api import limits
from showpiece.orders.delivery import activations, licenses
from showpiece.orders.models import Activation, Entitlement
from tests.api.conftest import Ask
from tests.factories import ReleaseFactory
from tests.orders.holders import keyed
from tests.orders.shop import priced

pytestmark = pytest.mark.django_db


def code(answer: dict[str, Any]) -> str:
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "message", "fields"}
    return str(answer["error"]["code"])


class TestActivate:
    def test_on_as_many_machines_as_it_may(self, ask: Ask) -> None:
        key = keyed(limit=2)
        ReleaseFactory(project=key.entitlement.project, version="1.2.3")
        status, first = ask("activate", key, instance_name=" Ann's laptop ")
        assert status == 200
        assert first["activated"] is True
        assert first["instance"]["name"] == "Ann's laptop"
        assert (first["license"]["activations"], first["license"]["activation_limit"]) == (1, 2)
        project = key.entitlement.project
        assert first["project"] == {"id": str(project.pk), "name": project.name, "latest_version": "1.2.3"}
        assert ask("activate", key, instance_name="second")[1]["license"]["activations"] == 2
        status, third = ask("activate", key, instance_name="third")
        assert (status, code(third)) == (409, "limit_reached")

    def test_the_same_name_is_the_same_machine(self, ask: Ask) -> None:
        key = keyed(limit=1)
        _status, first = ask("activate", key, instance_name="one")
        status, again = ask("activate", key, instance_name="one")
        assert status == 200
        assert again == first
        assert Activation.objects.count() == 1

    def test_any_number_where_there_is_no_limit(self, ask: Ask) -> None:
        key = keyed(limit=None)
        answers = [ask("activate", key, instance_name=str(number))[1] for number in range(3)]
        assert [one["license"]["activations"] for one in answers] == [1, 2, 3]
        assert answers[0]["license"]["activation_limit"] is None

    def test_but_not_without_end_in_a_day(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(activations, "MOST_A_DAY", 1)
        key = keyed(limit=None)
        ask("activate", key, instance_name="one")
        activations.license_reset(key=key)
        assert code(ask("activate", key, instance_name="two")[1]) == "too_many_activations"

    def test_a_machine_that_was_let_go_of_makes_room(self, ask: Ask) -> None:
        key = keyed(limit=1)
        _status, first = ask("activate", key, instance_name="one")
        for _ in range(2):  # twice is no fault
            status, freed = ask("deactivate", key, instance_id=first["instance"]["id"])
            assert (status, freed["deactivated"], freed["license"]["activations"]) == (200, True, 0)
        _status, again = ask("activate", key, instance_name="one")
        assert again["instance"]["id"] != first["instance"]["id"]

    def test_fewer_machines_throw_none_out(self, ask: Ask) -> None:
        key = keyed(limit=2)
        ids = [ask("activate", key, instance_name=name)[1]["instance"]["id"] for name in ("one", "two")]
        licenses.license_policy_set(project=key.entitlement.project, is_on=False, max_activations=1)
        assert all(ask("validate", key, instance_id=one)[1]["valid"] for one in ids)
        assert code(ask("activate", key, instance_name="three")[1]) == "limit_reached"

    @pytest.mark.parametrize("what", ["activate", "deactivate"])
    def test_keys_that_open_nothing(self, ask: Ask, what: str) -> None:
        key = keyed()
        more = {"instance_name": "one"} if what == "activate" else {"instance_id": str(uuid.uuid4())}
        status, answer = ask(what, key, license_key="AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", **more)
        assert (status, code(answer)) == (404, "unknown_key")
        status, answer = ask(what, key, project=str(priced().pk), **more)
        assert (status, code(answer)) == (403, "other_project")

    def test_a_revoked_one_is_activated_nowhere_and_let_go_of(self, ask: Ask) -> None:
        key = keyed()
        _status, first = ask("activate", key, instance_name="one")
        Entitlement.objects.update(revoked_at=timezone.now())
        status, answer = ask("activate", key, instance_name="two")
        assert (status, code(answer)) == (403, "revoked")
        assert ask("deactivate", key, instance_id=first["instance"]["id"])[0] == 200


class TestValidate:
    def test_a_key_and_a_machine(self, ask: Ask) -> None:
        key = keyed()
        _status, first = ask("activate", key, instance_name="one")
        for more in ({}, {"instance_id": first["instance"]["id"]}, {"instance_id": ""}, {"instance_id": None}):
            status, answer = ask("validate", key, **more)
            assert (status, answer["valid"], answer["reason"]) == (200, True, None)
            assert answer["license"]["key"] == key.key

    def test_as_people_type_it(self, ask: Ask) -> None:
        key = keyed()
        assert ask("validate", key, license_key=f"  {key.key.lower()} ")[1]["valid"] is True
        assert ask("validate", key, license_key=key.key.lower().replace("-", ""))[1]["valid"] is True

    def test_why_not(self, ask: Ask) -> None:
        key, other = keyed(), keyed()
        machine = ask("activate", key, instance_name="one")[1]["instance"]["id"]
        of_other = ask("activate", other, instance_name="one")[1]["instance"]["id"]
        asked: list[tuple[str, dict[str, Any]]] = [
            ("unknown_key", {"license_key": "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"}),
            ("other_project", {"project": str(other.entitlement.project_id)}),
            ("unknown_instance", {"instance_id": of_other}),
        ]
        for reason, more in asked:
            status, answer = ask("validate", key, **more)
            assert (status, answer["valid"], answer["reason"]) == (200, False, reason)
            assert (answer["license"] is None) == (reason != "unknown_instance")
        ask("deactivate", key, instance_id=machine)
        assert ask("validate", key, instance_id=machine)[1]["reason"] == "deactivated"
        Entitlement.objects.update(revoked_at=timezone.now())
        answer = ask("validate", key)[1]
        assert (answer["reason"], answer["license"]["status"]) == ("revoked", "revoked")

    def test_writes_nothing_and_costs_little(self, ask: Ask, django_assert_max_num_queries: Any) -> None:
        key = keyed()
        ask("activate", key, instance_name="warm")
        with django_assert_max_num_queries(6):  # the savepoint of the test among them, and its end
            machine = ask("activate", key, instance_name="two")[1]["instance"]["id"]
        with django_assert_max_num_queries(3) as asked:
            assert ask("validate", key, instance_id=machine)[1]["valid"] is True
        assert {query["sql"].split()[0] for query in asked.captured_queries} == {"SELECT"}
        with django_assert_max_num_queries(6):
            ask("deactivate", key, instance_id=machine)


class TestBodies:
    def test_forms(self) -> None:
        key = keyed()
        form = {"license_key": key.key, "project": str(key.entitlement.project_id), "instance_name": "one"}
        client = Client(enforce_csrf_checks=True)
        urlencoded = "&".join(f"{name}={value}" for name, value in form.items())
        answer = client.post("/v1/licenses/activate", urlencoded, content_type="application/x-www-form-urlencoded")
        assert answer.json()["activated"] is True
        with_files = client.post("/v1/licenses/activate", form)  # as multipart/form-data
        assert (with_files.status_code, code(with_files.json())) == (415, "unsupported_media_type")

    @pytest.mark.parametrize("body", ["", "{", "[]", '"key"', "null", "\udcff".encode("utf-8", "surrogateescape")])
    def test_what_is_no_body(self, body: Any) -> None:
        answer = Client().post("/v1/licenses/activate", body, content_type="application/json")
        assert answer.status_code in (400, 422)
        assert code(answer.json()) in ("bad_body", "invalid")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("license_key", ""),
            pytest.param("license_key", "A" * 101, id="long key"),
            ("license_key", 7),
            ("project", "mine"),
            ("instance_name", "  "),
            pytest.param("instance_name", "x" * 101, id="long name"),
            ("instance_name", "two\nlines"),
            ("instance_name", "nul\x00"),
            ("instance_name", None),
            ("license_key", "nul\x00"),
        ],
    )
    def test_bad_values(self, ask: Ask, field: str, value: Any) -> None:
        status, answer = ask("activate", keyed(), **({"instance_name": "one"} | {field: value}))
        assert (status, code(answer)) == (422, "invalid")
        assert list(answer["error"]["fields"]) == [field]
        assert not Activation.objects.exists()


class TestLimits:
    def test_guesses_end(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MISSES_OF_A_NETWORK", 3)
        key = keyed()
        for number in range(3):
            assert ask("validate", key, license_key=f"GUESS-{number}")[1]["reason"] == "unknown_key"
        status, answer = ask("validate", key, license_key="GUESS-3")
        assert (status, code(answer)) == (429, "too_many_requests")
        assert ask("activate", key, license_key="GUESS-3", instance_name="one")[0] == 429

    def test_of_a_neighbour_hold_up_nobody_who_has_paid(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MISSES_OF_A_NETWORK", 1)
        key = keyed()
        ask("validate", key, license_key="GUESS")
        assert ask("validate", key)[1]["valid"] is True
        assert ask("activate", key, license_key=key.key.lower(), instance_name="one")[0] == 200

    def test_of_machines_of_one_key_too_and_others_are_not_held_up(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "MISSES_WITH_A_KEY", 2)
        key, other = keyed(), keyed()
        for _ in range(2):
            ask("deactivate", key, instance_id=str(uuid.uuid4()))
        assert ask("deactivate", key, instance_id=str(uuid.uuid4()))[0] == 429
        assert ask("validate", other)[1]["valid"] is True

    def test_what_is_right_does_not_count(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MISSES_OF_A_NETWORK", 1)
        key = keyed()
        assert all(ask("validate", key)[1]["valid"] for _ in range(3))
