"""Sends one mail: plain text, over SMTP, as the settings say."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import aiosmtplib

from service.errors import ServiceError
from service.settings import Settings

_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says."""

    subject: str
    text: str


class NotSent(ServiceError):
    """A mail did not go out; `for_good` where trying again is of no use. Says nothing about whose it is."""

    def __init__(self, cause: str, *, for_good: bool) -> None:
        super().__init__(f"The mail was not sent ({cause}).")
        self.cause = cause
        self.for_good = for_good


async def send(settings: Settings, recipient: str, letter: Letter, now: datetime) -> None:
    """Hand a mail to the server of the settings; `NotSent`.

    What the server answers may quote the address, so that nothing but its number is passed on.
    """
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    password = settings.smtp_password
    try:
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=_SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        raise NotSent(f"SMTP {codes[0]}", for_good=all(code >= 500 for code in codes)) from None
    except aiosmtplib.SMTPResponseException as error:
        raise NotSent(f"SMTP {error.code}", for_good=False) from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise NotSent(type(error).__name__, for_good=False) from None
