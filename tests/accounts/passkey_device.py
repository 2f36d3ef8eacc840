"""A device that makes a passkey, as a browser would send it."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

PRESENT, VERIFIED, WITH_CREDENTIAL = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


@dataclass
class Device:
    """Keeps one passkey, for a site at `origin`."""

    origin: str = "http://localhost"
    verifies: bool = True
    user: str = ""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def _flags(self) -> Any:
        return PRESENT | VERIFIED if self.verifies else PRESENT

    def _client_data(self, kind: Any, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def make(self, options: dict[str, Any]) -> str:
        """The answer to the options for making a passkey."""
        public = options["publicKey"]
        self.user = public["user"]["id"]
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        rp = sha256(public["rp"]["id"].encode())
        data = AuthenticatorData.create(rp, self._flags | WITH_CREDENTIAL, 0, credential)
        client = self._client_data(CollectedClientData.TYPE.CREATE, public["challenge"])
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(response, {"credProps": {"rk": True}})

    def show(self, options: dict[str, Any]) -> str:
        """The answer to the options for signing in with it."""
        public = options["publicKey"]
        client = self._client_data(CollectedClientData.TYPE.GET, public["challenge"])
        data = AuthenticatorData.create(sha256(public["rpId"].encode()), self._flags, 1)
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user,
        }
        return self._answer(response, {})

    def _answer(self, response: dict[str, str], extensions: dict[str, Any]) -> str:
        own_id = websafe_encode(self.credential_id)
        answer = {"id": own_id, "rawId": own_id, "type": "public-key", "response": response}
        return json.dumps(answer | {"clientExtensionResults": extensions, "authenticatorAttachment": "platform"})


def user_id(device: Device) -> str:
    """The id of the user that the passkey is for."""
    return websafe_decode(device.user).decode()
