"""Notices by e-mail, each at most once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from assessments.models import Notice
from assessments.queries.notices import to_mail


@dataclass
class Mailed:
    sent: int = 0
    failed: int = 0


def send_mail(*, now: datetime, report: Callable[[str], object]) -> Mailed:
    """Send what waits, one letter after the other; `report` hears of every failure.

    A letter is claimed before it is sent, in a transaction that ends there: whoever dies in between, or fails,
    leaves it claimed, and nobody sends it again. Nothing is claimed while the mail server can't be reached:
    that raises OSError.
    """
    mailed = Mailed()
    with_server = get_connection()
    try:
        for pk in list(to_mail(now=now).values_list("pk", flat=True)):
            with_server.open()
            # Meanwhile another command may have claimed it, or its reader have come by.
            if not Notice.objects.filter(pk=pk, claimed_at=None, read_at=None).update(claimed_at=now):
                continue
            notice = Notice.objects.select_related("user").get(pk=pk)
            try:
                letter_of(notice, with_server).send()
            except (
                Exception
            ) as error:  # one wrong address, or whatever its server thinks of it, stops nobody else
                mailed.failed += 1
                report(f"{pk} {notice.user.email}: {error}")
                with_server.close()
                continue
            Notice.objects.filter(pk=pk).update(mailed_at=now)
            mailed.sent += 1
    finally:
        with_server.close()
    return mailed


def letter_of(notice: Notice, connection: object) -> EmailMessage:
    address = f"{settings.SITE_ADDRESS}{reverse('notice', args=[notice.pk])}"
    return EmailMessage(
        subject=notice.title,
        body=f"Kính gửi {notice.user.full_name},\n\n{notice.text}\n\nXem tại: {address}\n\n"
        "Thư này được gửi tự động từ phần mềm Chỉ số cải cách hành chính; xin không trả lời thư.\n",
        to=[notice.user.email],
        connection=connection,
    )
