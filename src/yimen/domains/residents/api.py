"""The door of residents' accounts: what other rings may ask of them."""

from yimen.domains.residents import accounts, belongings, representing
from yimen.domains.residents.models import Representation, Resident
from yimen.domains.residents.permissions import ResidentPermission

__all__ = ["Representation", "Resident", "ResidentPermission", "accounts", "belongings", "representing"]
