"""E-mails as servers and mail programs write them."""

ORIGINAL = "20261126.abc@tools.example"

OURS = """From: Anna <anna@tools.example>
To: {to}
Subject: Smoke!
Message-ID: <{id}>

Which drill?
"""


def person(
	subject="Re: out of office furniture", sender="olga@firm.example", more="", text="It is the blue one."
):
	return f"""Return-Path: <{sender}>
From: Olga Kern <{sender}>
To: help@tools.example
Subject: {subject}
Message-ID: <{abs(hash((subject, more, text)))}@firm.example>
{more}Content-Type: text/plain; charset="utf-8"

{text}
"""


def postfix(to="olga@firm.example", status="5.1.1", action="failed", original=ORIGINAL):
	return f"""Return-Path: <>
Date: Thu, 26 Nov 2026 12:00:00 +0000
From: MAILER-DAEMON@mx.tools.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: help@tools.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4CQ1.1606392000/mx.tools.example"
Message-Id: <{abs(hash((to, status, action, original)))}@mx.tools.example>

This is a MIME-encapsulated message.

--4CQ1.1606392000/mx.tools.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.tools.example.

<{to}>: host mx.firm.example[192.0.2.7] said: 550 {status}
    User unknown (in reply to RCPT TO command)

--4CQ1.1606392000/mx.tools.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.tools.example
X-Postfix-Queue-ID: 4CQ1
Arrival-Date: Thu, 26 Nov 2026 11:59:58 +0000 (UTC)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.firm.example
Diagnostic-Code: smtp; 550 {status} User unknown

--4CQ1.1606392000/mx.tools.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{OURS.format(to=to, id=original).partition(chr(10) + chr(10))[0]}

--4CQ1.1606392000/mx.tools.example--
"""


def exchange(to="olga@firm.example", status="5.1.10", original=ORIGINAL):
	return f"""From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example>
To: <help@tools.example>
Subject: Undeliverable: Smoke!
Auto-Submitted: auto-replied
X-MS-Exchange-Message-Is-Ndr:
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="_000_x"
Message-ID: <{abs(hash((to, status, original)))}@EX1.firm.example>
In-Reply-To: <{original}>

--_000_x
Content-Type: text/html; charset="utf-8"

<p>Your message to {to} couldn't be delivered.</p>
--_000_x
Content-Type: message/delivery-status

Reporting-MTA: dns;EX1.firm.example
Received-From-MTA: dns;mx.tools.example

Final-Recipient: rfc822;{to.upper()}
Action: failed
Status: {status}
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound

--_000_x
Content-Type: message/rfc822

{OURS.format(to=to, id=original)}
--_000_x--
"""


ANSWERS = {
	"Exchange, out of office": ("Automatic reply: Smoke!", "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n"),
	"Exchange, old": ("Out of Office AutoReply: Smoke!", ""),
	"Gmail, vacation": ("Away Re: Smoke!", "Auto-Submitted: auto-replied\nPrecedence: bulk\nX-Autoreply: yes\n"),
	"Sieve, vacation": ("Auto: Smoke!", "Auto-Submitted: auto-replied (vacation)\n"),
	"QQ": ("=?utf-8?b?6Ieq5Yqo5Zue5aSNOiBTbW9rZSE=?=", ""),
	"163": ("自动回复：Smoke!", "Precedence: auto_reply\n"),
	"Taiwan": ("自動回覆: Smoke!", ""),
	"German": ("Automatische Antwort: Smoke!", ""),
	"a mailing list": ("[cnc] Weekly news", "List-Id: CNC <cnc.lists.example>\nPrecedence: list\n"),
	"a ticket robot": ("[Ticket#42] We got your mail", "X-Autorespond: ticket\nAuto-Submitted: auto-replied; owner-email=\"a@b.example\"\n"),
	"a notice of Sieve": ("You have mail", "Auto-Submitted: auto-notified\n"),
	"only the hint in an answer": ("Out of office: Smoke!", "In-Reply-To: <1@tools.example>\n"),
}  # fmt: skip


def read_receipt():
	return """Return-Path: <olga@firm.example>
From: olga@firm.example
To: help@tools.example
Subject: Read: Smoke!
Message-ID: <r1@firm.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain

Your message was displayed.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;olga@firm.example
Disposition: manual-action/MDN-sent-manually; displayed

--b--
"""
