"""What several tests of this room begin with."""

import pytest

from showpiece.catalog.models import ReleaseFile
from showpiece.orders.models import Order
from tests.orders.goods import with_file
from tests.orders.shop import paid_order, priced


@pytest.fixture
def bought() -> tuple[Order, ReleaseFile]:
    """A guest's order, and the file that it holds."""
    project = priced(1000, name="Lens")
    file = with_file(project, version="1.0.0")
    return paid_order(project)[0], file
