"""Opening an account, entering it, correcting it, closing it (个人信息保护法 第四十四条至第四十七条).

A code is sent to the contact, and opens the account, makes a new one, or lets one set a password. What is told does not
depend on whether an account exists. Nothing of the house needs an account.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import replace
from datetime import timedelta
from textwrap import wrap
from uuid import UUID

import orjson
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import constant_time_compare, salted_hmac

from yimen.domains.residents.models import OneTimeCode, Representation, Resident, SavedAnswers
from yimen.domains.services.api import Applicant, digest_of
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.passwords import password_findings
from yimen.kernel.access.throttle import Allowance, count, network_of, refuse_spent, use
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.forms.identifiers import is_citizen_id, is_credit_code
from yimen.kernel.ids import uuid7
from yimen.kernel.notices import gateways
from yimen.kernel.registers.acts import named, note, phone_number, until
from yimen.kernel.sealing import masked, seal, unseal
from yimen.kernel.words import Finding, Refusal, Text

LAW = "个人信息保护法 第四十四条、第四十五条"
CORRECTION = "个人信息保护法 第四十六条"
ERASURE = "个人信息保护法 第四十七条"
_CODE_LIVES = timedelta(minutes=5)
_MOST_TRIES = 5
_NO_PASSWORD = make_password(None)
_OFTEN = Text("试得太频繁，请在 {time} 以后再试。", "Too often; please try again after {time}.")
CODES_TO = Allowance("resident_code_to", 5, timedelta(hours=1), _OFTEN)
"""By contact and address: what a stranger asks for elsewhere is not taken from the owner's."""
CODES_A_DAY = Allowance(
    "resident_code_day", 20, timedelta(days=1),
    Text(
        "这个号码今天收到的验证码太多了。请在明天 {time} 以后再试，或者用密码进入、到窗口办理。",
        "Too many codes were sent to this contact today. Please try again after {time} tomorrow, enter with the password, or come to a window.",
    ),
)  # fmt: skip
"""By contact, from whatever address: nobody's telephone is rung without end. The owner's own browser has a count of its own."""
CODES_FROM = Allowance("resident_code_from", 30, timedelta(hours=1), _OFTEN)
"""By address: a village often shares one."""
WRONG_PASSWORDS = Allowance(
    "resident_password_for", 60, timedelta(hours=1),
    Text(
        "密码输错太多次。请在 {time} 以后再试，或者现在用验证码进入。",
        "Too many wrong passwords. Please try again after {time}, or enter with a code now.",
    ),
)  # fmt: skip
"""By contact, from whatever address. Many strangers' tries shut the password's door till the hour ends, never the code's, nor
either door in a browser that has let the owner in (`browser_mark`)."""
WRONG_PASSWORDS_HERE = Allowance("resident_password", 10, timedelta(hours=1), WRONG_PASSWORDS.refusal)
"""By contact and address: one stranger elsewhere does not lock the owner out."""
WRONG_FROM = Allowance("resident_password_from", 60, timedelta(hours=1), _OFTEN)
_WRONG = Finding(
    "resident.wrong",
    Text("手机号（邮箱）、密码或验证码不对。", "The number or address, password or code is wrong."),
)
_BROWSER = "residents/browser"
_MOST_KNOWN = 5
BROWSER_KEPT = timedelta(days=365)
"""How long a browser that let a resident in is known as one of theirs."""
_SPOKEN = re.compile(r"SSO[0-9A-F]{12}", re.IGNORECASE)
DETAILS = ("name", "id_kind", "id_number", "phone", "address")


def read_contact(typed: str) -> str:
    """A telephone number or e-mail address, tidied; refuses what is neither."""
    tidy = typed.strip()
    if "@" in tidy:
        try:
            validate_email(tidy)
        except ValidationError as error:
            raise Refusal.of(
                "resident.contact", "邮箱地址不对。", "This is no e-mail address.", field="contact"
            ) from error
        return tidy.lower()
    found = re.sub(r"\D", "", phone_number(tidy, "contact"))
    if not found:
        raise Refusal.of(
            "resident.contact",
            "请填写手机号或邮箱。",
            "Give a telephone number or e-mail address.",
            field="contact",
        )
    return found


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"resident/{text}".encode(), hashlib.sha256).hexdigest()


def browser_mark(resident: Resident, kept: str = "") -> str:
    """What a browser keeps once it has let the resident in, signed; `kept` is what it had. It opens nothing (ADR 21)."""
    word, residents = _read_mark(kept) or (secrets.token_urlsafe(12), [])
    residents = [str(resident.id), *(r for r in residents if r != str(resident.id))]
    return signing.dumps([word, residents[:_MOST_KNOWN]], salt=_BROWSER)


def _read_mark(kept: str) -> tuple[str, list[str]] | None:
    """The browser's own word and the residents it let in; None of a mark that is not ours."""
    try:
        word, residents = signing.loads(kept, salt=_BROWSER, max_age=BROWSER_KEPT)
    except signing.BadSignature:
        return None
    return word, residents


def _own_browser(contact: str, kept: str) -> str:
    """What a browser that has let this contact's resident in is counted by, apart from everybody else; empty of others."""
    word, residents = _read_mark(kept) or ("", [])
    found = _of_contact(contact) if residents else None
    return f"{contact}/{word}" if found and str(found.id) in residents else ""


def send_code(typed: str, address: str, browser: str, mark: str = "") -> tuple[str, str]:
    """Send a code to a contact; returns the contact and the code, which only a demo may show.

    It is good in the browser that asked (`browser`: a word only that one knows) and nowhere else: a stranger who asks for
    another, or guesses, spoils nobody's. `mark`: see `browser_mark`.
    """
    contact = read_contact(typed)
    own = _own_browser(contact, mark)
    if not own:
        use(CODES_FROM, address)
    use(CODES_TO, own or f"{contact}/{network_of(address)}")
    use(CODES_A_DAY, own or contact)
    code, at = f"{secrets.randbelow(10**6):06d}", now()
    OneTimeCode.objects.update_or_create(
        asked_digest=_digest(f"{contact}/{browser}"),
        defaults={"code_digest": _digest(f"{contact}/{code}"), "sent_at": at, "tries": 0},
    )
    text = f"【一门】验证码 {code}，五分钟内有效。任何人向您索要都不要给。"
    key = str(uuid7(at))
    if "@" in contact:
        gateways.email().send(to=contact, subject="一门验证码", text=text, key=key)
    else:
        gateways.sms().send(to=contact, text=text, key=key)
    return contact, code


def forget_codes() -> int:
    """Delete the codes of days past; returns how many."""
    return OneTimeCode.objects.filter(sent_at__lt=now() - timedelta(days=1)).delete()[0]


def enter_with_code(typed: str, code: str, browser: str, password: str = "") -> Resident:
    """Enter by the code that the browser asked for, making the account if there is none; sets a password when one is given. Once."""
    contact = read_contact(typed)
    if password:
        _judge(password)
    with one_act():
        asked = OneTimeCode.objects.filter(asked_digest=_digest(f"{contact}/{browser}"))
        sent = asked.select_for_update().first()
        is_right = (
            sent is not None and sent.tries < _MOST_TRIES and now() - sent.sent_at < _CODE_LIVES
            and constant_time_compare(sent.code_digest, _digest(f"{contact}/{code.strip()}"))
        )  # fmt: skip
        tries = _MOST_TRIES if is_right else (sent.tries + 1 if sent else 0)
        asked.update(tries=tries)
        if is_right:
            found = _of_contact(contact) or _open(contact)
            if password:
                set_password(found, password)
            return found
    raise Refusal(_WRONG)


def enter_with_password(typed: str, password: str, address: str, mark: str = "") -> Resident:
    """Enter by the password; wrong ones are counted by contact, by address and by both.

    In a browser that has let the resident in before (`mark`, see `browser_mark`) they are counted by that browser alone.
    """
    contact = read_contact(typed)
    own = _own_browser(contact, mark)
    counts = [(WRONG_PASSWORDS_HERE, own or f"{contact}/{network_of(address)}")]
    if not own:
        counts += [(WRONG_PASSWORDS, contact), (WRONG_FROM, address)]
    for allowance, by in counts:
        refuse_spent(allowance, by)
    found = _of_contact(contact)
    # Somebody unknown costs the same hashing: the answer's time tells nothing.
    if check_password(password, found.password if found and found.password else _NO_PASSWORD) and found:
        return found
    for allowance, by in counts:
        count(allowance, by)
    raise Refusal(_WRONG)


def enter_with_subject(subject: str, name: str) -> Resident:
    """Enter by single sign-on; the first time makes the account."""
    found = Resident.objects.filter(subject=subject, closed_at=None).first()
    return found or _open(f"sso/{subject}", subject=subject, name=name)


def _of_contact(contact: str) -> Resident | None:
    return Resident.objects.filter(contact_digest=_digest(contact), closed_at=None).first()


def _open(contact: str, *, subject: str = "", name: str = "") -> Resident:
    at, details = now(), {}
    if contact.isdigit():
        details = {"phone": contact}
    if name:
        details["name"] = name
    row = Resident(
        id=uuid7(at), contact_digest=_digest(contact), contact_masked=_masked(contact), subject=subject, created_at=at,
        private=seal(orjson.dumps({"contact": contact, **details})),
    )  # fmt: skip
    with one_act():
        row.save(force_insert=True)
        note(acting(row), row.id, "open_account", at, LAW)
    return row


def _masked(contact: str) -> str:
    if contact.startswith("sso/"):
        return "SSO"
    if "@" in contact:
        name, _, host = contact.partition("@")
        return f"{name[:1]}***@{host}"
    return masked(contact)


def spoken_code(resident: Resident) -> str:
    """What who came by single sign-on says at a window, where others say their number; empty for those."""
    return "-".join(["SSO", *wrap(resident.contact_digest[:12].upper(), 4)]) if resident.subject else ""


def _of_spoken(code: str) -> Resident | None:
    start = code.lower().removeprefix("sso")
    return (
        Resident.objects.filter(contact_digest__startswith=start, closed_at=None).exclude(subject="").first()
    )


def is_contact(resident: Resident, phone: str) -> bool:
    """Whether a telephone number is the one a code was sent to when the resident's account was opened."""
    digits = re.sub(r"\D", "", phone)
    return bool(digits) and constant_time_compare(resident.contact_digest, _digest(digits))


def acting(resident: Resident) -> Actor:
    """The resident as who acts: what is opened so is found again as theirs."""
    return Actor.resident(account_id=resident.id, name="居民")


def session_mark(resident: Resident) -> str:
    """What a session remembers; another password ends every session."""
    return salted_hmac("residents", resident.password + resident.contact_digest).hexdigest()[:32]


def _judge(password: str) -> None:
    if findings := password_findings(password):
        raise Refusal(*(replace(each, field="password") for each in findings))


def set_password(resident: Resident, password: str) -> None:
    """Set the password; refuses a weak one."""
    _judge(password)
    resident.password = make_password(password)
    with one_act():
        Resident.objects.filter(id=resident.id).update(password=resident.password)
        note(acting(resident), resident.id, "set_password", now(), LAW)


def entered_with(resident: Resident) -> str:
    """The number, the address or the single sign-on that opened the account, in full: for its owner alone."""
    return str(orjson.loads(unseal(bytes(resident.private))).get("contact") or resident.contact_masked)


def details_of(resident: Resident) -> dict[str, str]:
    """What the account says of the person, in full."""
    known = orjson.loads(unseal(bytes(resident.private)))
    return {k: str(known[k]) for k in DETAILS if known.get(k)}


def correct(resident: Resident, given: dict[str, str]) -> None:
    """Correct one's own details; a confirmed name and number stay until a clerk sees the new document."""
    with one_act():
        row = locked(resident)
        known = orjson.loads(unseal(bytes(row.private)))
        kept = {
            k: v.strip()
            for k, v in given.items()
            if k in DETAILS and (not row.confirmed_at or k in ("phone", "address"))
        }
        if kept.get("name"):
            kept["name"] = named(kept["name"], "name")
        if kept.get("phone"):
            kept["phone"] = phone_number(kept["phone"])
        number = kept.get("id_number", "").upper()
        if number:
            judge_id(kept.get("id_kind", "citizen"), number)
            kept["id_number"] = number
        changed = sorted(k for k, v in kept.items() if known.get(k, "") != v)
        Resident.objects.filter(id=row.id).update(private=seal(orjson.dumps({**known, **kept})))
        note(acting(row), row.id, "correct_details", now(), CORRECTION, changed=changed)


def locked(resident: Resident) -> Resident:
    """The open account as it stands now, held until the act is over; refuses one that was closed meanwhile."""
    found = Resident.objects.select_for_update().filter(id=resident.id, closed_at=None).first()
    if found is None:
        raise Refusal.of("resident.closed", "这个账号已经注销。", "This account is closed.")
    return found


def judge_id(kind: str, number: str) -> None:
    """Refuse an identity number whose check digit is wrong."""
    judges = {"citizen": is_citizen_id, "credit": is_credit_code}
    if kind in judges and not judges[kind](number):
        raise Refusal.of(
            "resident.id",
            "证件号码不对，请逐位核对。",
            "This identity number is wrong: check each character.",
            field="id_number",
        )


def digest_for(kind: str, number: str) -> str:
    """How applications of the holder of a document are found."""
    return digest_of(Applicant("", kind, number, ""))


def close(resident: Resident) -> None:
    """Close the account: what it held is gone; matters stay with the offices that must keep them (档案法)."""
    at = now()
    with one_act():
        Resident.objects.filter(id=resident.id).update(
            closed_at=at, private=seal(b"{}"), password="", subject="", person_digest="", keeps_answers=False,
            contact_masked="", contact_digest=f"closed/{resident.id}",
        )  # fmt: skip
        SavedAnswers.objects.filter(resident=resident).update(private=None, changed_at=at)
        Representation.objects.filter(resident=resident).update(
            private=seal(b"{}"), name_masked="", person_digest="", valid=until(today())
        )
        note(acting(resident), resident.id, "close_account", at, ERASURE)


def of_contact(typed: str) -> Resident:
    """The open account of a contact or a spoken code, for who confirms it at a window; refuses when there is none."""
    said = re.sub(r"[\s-]", "", typed)
    found = _of_spoken(said) if _SPOKEN.fullmatch(said) else _of_contact(read_contact(typed))
    if found is None:
        raise Refusal.of("resident.unknown", "这个手机号或邮箱还没有账号，请先用验证码进入一次。", "There is no account of this contact: enter once with a code first.", field="contact")  # fmt: skip
    return found


def find(resident_id: UUID) -> Resident | None:
    """An account that is open."""
    return Resident.objects.filter(id=resident_id, closed_at=None).first()
