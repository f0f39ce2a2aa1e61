"""What the generated reference says beside the names that it takes from the code."""

from __future__ import annotations

SETTINGS = {
    "DATABASE_URL": "Where everything is stored. `postgresql://…` as your host gives it; the driver is chosen by us.",
    "REDIS_URL": "The queue and the shared limiter of many workers; needs `DATABASE_URL` on PostgreSQL.",
    "FIRMOGRAPH_DATABASE_POOL": "The most connections to PostgreSQL that one process has open at once.",
    "FIRMOGRAPH_STATEMENT_TIMEOUT": (
        "How long a statement may take on PostgreSQL, in seconds; 0: no limit. Work over a whole run is never cut."
    ),
    "EXPLORIUM_API_KEY": "The key. Without it the provider is off, and says so. Never logged, never sent to a browser.",
    "EXPLORIUM_BASE_URL": "Who is asked: Explorium, or a sandbox. Redirects are not followed.",
    "EXPLORIUM_API_VERSION": "Which version of its API.",
    "EXPLORIUM_RATE_LIMIT": "Queries a minute for this key. Enterprise plans have more.",
    "EXPLORIUM_MATCH_CREDITS": "What a match costs at worst, in credits a company; a budget reserves it.",
    "EXPLORIUM_FIRMOGRAPHICS_CREDITS": "What firmographics cost at worst, in credits a company; a budget reserves it.",
    "EXPLORIUM_RATE_UNIT": "What the limit counts: each company in a batch, or each call.",
    "FIRMOGRAPH_DATA_DIR": "The database file, the drainer's lock, the trace of the last unexpected error.",
    "FIRMOGRAPH_API_TOKEN": (
        "Needed to listen beyond this machine. With it, every call below `/api` needs `Authorization: Bearer TOKEN`."
    ),
    "FIRMOGRAPH_BASE_PATH": (
        "The path that a proxy serves everything under, such as `/firmograph`. Dashboard and API are then at it and "
        "below it, whether the proxy passes the path on or takes it off."
    ),
    "FIRMOGRAPH_PUBLISHED_ON": (
        "For a container: where its ports are published, such as `127.0.0.1:8000,127.0.0.1:3000`. Where all of it is "
        "loopback, no token is needed, and only names of this machine are answered."
    ),
    "FIRMOGRAPH_CONCURRENCY": "Calls under way at once, for each run.",
    "FIRMOGRAPH_MAX_AGE_DAYS": "How old a stored hit may be to count as fresh, in days.",
    "FIRMOGRAPH_MISS_MAX_AGE_DAYS": "The same for a stored miss; never longer than hits.",
    "FIRMOGRAPH_MAX_UPLOAD_MB": "The largest list that is taken, in MB (2^20 bytes).",
    "FIRMOGRAPH_KEEP_EXPORTS_DAYS": "How long a prepared export is kept after it was made, in days.",
    "FIRMOGRAPH_LOG_LEVEL": "What is logged, on standard error. `--debug` anywhere on the command line means `debug`.",
    "FIRMOGRAPH_LOG_FORMAT": "How it is logged: for a person, or as one JSON object a line.",
    "FIRMOGRAPH_METRICS_PORT": "Where `firmograph worker` serves `/metrics` and `/health/live`. Unset: nowhere.",
    "FIRMOGRAPH_METRICS_HOST": "The address it listens on for them.",
}

FIELDS = {
    "name": "The company's name.",
    "description": "What it does, in the provider's words.",
    "website": "Address of its site.",
    "logo_url": "Address of a picture.",
    "linkedin_url": "Its LinkedIn company page.",
    "industry": "The provider's industry category and nothing else.",
    "naics_code": "North American industry code, as text.",
    "naics_description": "What that code stands for.",
    "sic_code": "Standard industrial classification, as text.",
    "sic_description": "What that code stands for.",
    "employee_range": "Headcount, as one of the bands below.",
    "revenue_range": "Revenue a year in US dollars, as one of the bands below. Another currency is absent.",
    "founded_year": "The year, four digits.",
    "country_code": "ISO 3166-1 alpha-2.",
    "country": "The country's name.",
    "region": "State, province or the like.",
    "city": "City of the head office.",
    "street": "Street and number.",
    "postal_code": "As text: some begin with 0.",
    "ticker": "Symbol on a stock exchange.",
    "phone": "As the provider writes it.",
    "email": "An address of the company, not of a person.",
    "technologies": "What it uses.",
    "social_urls": "Its pages on social networks.",
}

RUN_STATES = {
    "importing": "Its list is being read.",
    "queued": "Read; nobody works on it yet.",
    "running": "Companies are being asked about.",
    "paused": "Stopped, with a reason that says what to do; `resume` goes on.",
    "succeeded": "Ended, and no company failed.",
    "partial": "Ended, and some companies failed.",
    "failed": "Ended, and all companies failed; or the list could not be read (`unreadable_input`).",
    "cancelled": "Ended by a person; what was not done is `skipped`.",
}

PAUSE_REASONS = {
    "paused_by_user": "Somebody paused it. `runs resume RUN` goes on.",
    "interrupted": "Ctrl-C or SIGTERM. `runs resume RUN` goes on.",
    "key_refused": "401: mend the key, then resume.",
    "credits_used_up": "402, or a 403 that speaks of credits: buy some, then resume.",
    "budget_used_up": "The budget does not cover another company: `runs resume RUN --budget N`.",
    "provider_off": "A provider of the waterfall has no key in this process: set it, then resume.",
    "worker_trouble": "The worker met an error again and again; the detail says which.",
}

EXPORT_STATES = {
    "queued": "Waits for a worker.",
    "running": "Its file is being made.",
    "ready": "Its file can be downloaded until it expires.",
    "failed": "Its file could not be made; the detail says why.",
    "discarded": "Deleted or expired: it is shown nowhere any more, and its file is being removed.",
}

TARGET_STATES = {
    "open": "Waits for its next question.",
    "leased": "Is being asked about.",
    "done": "Has an outcome.",
}

OUTCOMES = {
    "enriched": "At least one wanted field has a value.",
    "no_match": "Every step said that it has nothing.",
    "failed": "A step ended in an error that asking again did not cure, and no step had a value.",
    "skipped": "Not asked, or not answered, for a reason that is no error.",
    "rejected": "Of a record: its cells name no company. The rejection stands as its reason.",
    "pending": "Of a record: its company is not done yet.",
}

REASONS = {
    "provider_error": ("failed", "Errors to the last attempt, or a question that was refused twice."),
    "timeout": ("failed", "An answer was lost for the third time: it did not come in time."),
    "bad_answer": ("failed", "An answer was lost for the third time: it came broken."),
    "budget": ("skipped", "The budget did not cover it. Not given yet: such a run pauses instead."),
    "cancelled": ("skipped", "The run was cancelled first."),
    "condition": ("skipped", "A condition of the plan left it out. Not given yet: plans have no conditions."),
    "not_entitled": ("skipped", "The key's plan does not include what was asked (a 403 that is not about credits)."),
    "not_found": ("no_match", "No provider knows the company."),
    "no_data": ("no_match", "A provider knows it and has nothing on it."),
    "low_confidence": ("no_match", "What came back is probably another company."),
}

REJECTIONS = {
    "empty": "The cell is blank.",
    "placeholder": "It says that there is nothing: `N/A`, `-`, `none`.",
    "not_a_domain": "No site in it: a name, a path, a bare suffix such as `gob.mx`.",
    "freemail": "An e-mail address at a domain that gives mailboxes to everybody.",
    "disposable": "An e-mail address at a throw-away domain.",
    "social_profile": "A profile or a handle on a social network.",
    "hosted_page": "A page on somebody else's site: a site builder, a job board, a translator.",
    "ip_address": "An IP address.",
    "reserved": "A name that is never a company's: `localhost`, `example.com`, `.test`.",
    "unknown_suffix": "It ends in no suffix of the public suffix list.",
}

TABLES = {
    "asks": "One row for each open question, unique by provider, host, verb and request key. Closed ones go.",
    "calls": "One row for each batch that went out: how many companies, how it ended, what it cost.",
    "companies": "What is known of each company across all runs.",
    "lookups": "One row for each answer about a company, with its raw payload.",
    "rate_entries": "What each key's last minute holds, by the moment it leaves; one row without one for what is out.",
    "rate_keys": "Each key's pause after a 429, and a lower limit that its provider told. A key is its digest.",
    "records": "One row for each row as submitted.",
    "reports": "Reports of runs as they were last counted, so that a page need not count again.",
    "runs": "One row for each run, with its counters.",
    "targets": "One row for each distinct company of a run: its lease, its way through the steps, its values.",
    "upload_chunks": "The bytes of an upload, in pieces.",
    "exports": "Files asked for in the background, and what became of them.",
    "export_chunks": "The pieces of a prepared file.",
    "workers": "Processes that work on runs: what each is doing, and when it was last seen.",
    "views": "Filters, order and columns that somebody saved under a name.",
    "uploads": "Lists that wait for their run, or whose run is still reading them.",
}

TEXTS = {
    "settings": """
        Settings are read from the environment, then from `backend/.env`, then from `.env`, both below the folder
        where the command starts; what comes first in this order wins. `make demo` and `make test` read no `.env`. An
        empty value counts as unset. An unknown name that begins with `FIRMOGRAPH_`, and a value without meaning, stop
        every command with one line and exit code 2.
    """,
    "bands": """
        Neighbouring revenue bands share their edge: an amount on it belongs to the upper one. Bands are stored as
        their place from 0, so that they sort.
    """,
    "command-line": """
        `firmograph` is in `.venv/bin` after `make demo` or `make test`. Every command takes `-h` or `--help`. With
        `--debug` anywhere, everything is logged and an unexpected error shows where it comes from. What the exit
        codes mean: [exit codes](exit-codes.md).
    """,
    "outcomes": """
        A target's outcome follows from its steps, in this order: a value makes it `enriched`; else an error makes it
        `failed`; else a skip makes it `skipped`; else it is `no_match`. A duplicate record carries its target's
        outcome.
    """,
    "providers": """
        In the order in which the default waterfall asks them. `firmograph providers list` says which are on, and why
        what is off is off.
    """,
    "tables": """
        The same on SQLite and PostgreSQL. They are made and changed by the migrations in `backend/migrations` only.
        Where a table has *the fields*, it has one column for each of the [fields](fields.md): bands as their place,
        lists as JSON.
    """,
}
