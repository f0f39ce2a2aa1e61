"""The error tree: a class says what its caller does with it, its text what a person does.

`UserError` and below are for people: the command line prints the text and ends with `exit_code`, the API answers with
`status`. `ProviderError` and below are for the drain loop: again, next, or stop.
"""

from __future__ import annotations


class FirmographError(Exception):
    """Root of everything this project raises on purpose."""


class UserError(FirmographError):
    """Something a person can mend: bad usage, unreadable input, a missing setting."""

    exit_code = 2
    status = 400
    type = "bad-request"


class UnreadableInput(UserError):
    """The list can't be read; the text names the file, the line or row, the column and the remedy.

    `line` and `column` count from 1, where there is such a place: the column is a cell's, or in JSON Lines a letter's.
    """

    status = 422
    type = "unreadable-input"

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class SettingsError(UserError):
    """A setting is unknown, half-set or has no meaning; one line, naming the variable."""

    type = "bad-settings"


class NotFound(UserError):
    """No such run, upload or company."""

    status = 404
    type = "not-found"


class NotAllowedNow(UserError):
    """The run's state doesn't allow this."""

    status = 409
    type = "not-allowed-now"


class PayloadTooLarge(UserError):
    """An input is over a stated limit."""

    status = 413
    type = "payload-too-large"


class ProviderError(FirmographError):
    """A provider's call went wrong. `str()` is safe to show: it holds no key and no raw body."""

    def __init__(self, message: str, *, status: int | None = None, correlation_id: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.correlation_id = correlation_id


class AskAgain(ProviderError):
    """Again: the answer was an error that time may cure (5xx, refused connection); nothing was charged.

    `after` is how many seconds the provider asked us to wait, where it said so.
    """

    def __init__(
        self,
        message: str,
        *,
        after: float | None = None,
        status: int | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, correlation_id=correlation_id)
        self.after = after


class RateLimited(AskAgain):
    """Again, later: 429. Everybody who shares the key pauses for `after` seconds."""


class AnswerLost(ProviderError):
    """Again, at most twice: the question went out, but its answer was never read whole.

    It may have been charged. `reason` is `timeout` (nothing came in time) or `bad_answer` (cut short, not JSON, too
    large, of the wrong shape).
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        status: int | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, correlation_id=correlation_id)
        self.reason = reason


class QuestionRefused(ProviderError):
    """Next: the provider will never answer this question (400, 404, 422).

    `items` are the positions within the batch that the provider blamed; empty when it named none.
    """

    def __init__(
        self,
        message: str,
        *,
        items: tuple[int, ...] = (),
        status: int | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, correlation_id=correlation_id)
        self.items = items


class NotEntitled(ProviderError):
    """Next, for the whole run: this key's plan does not include the family (a 403 that isn't about credits)."""


class ProviderUnusable(ProviderError):
    """Stop: the run pauses until a person acts. `reason` is `key_refused` (401) or `credits_used_up` (402, 403)."""

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        status: int | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, correlation_id=correlation_id)
        self.reason = reason
