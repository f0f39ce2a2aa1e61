"""The listed companies of the package `pytickersymbols`, found by web domain and by name; loaded once per process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from firmograph.core.company_names import Likeness, compare_names, label_fits, name_words
from firmograph.providers.open_facts.records import (
    Record,
    article,
    article_name,
    bare_code,
    company_name,
    is_coherent,
    is_listing_confirmed,
    metadata,
    sites,
)


@dataclass(frozen=True, slots=True)
class Company:
    """One company with the record that says most about it.

    `id` is the title of its Wikipedia article as in the article's address, or else its name: neither kind of share nor
    index changes it. `sites` are the hosts of all its records by registrable domain, the best record's first.
    `symbols` are the codes of all of them.
    `names` are all it goes by. `is_doubtful`: its article says that another company is listed.
    """

    id: str
    name: str | None
    names: tuple[str, ...]
    record: Record
    is_doubtful: bool
    sites: Mapping[str, str]
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question: the company's id, or none, and what was odd in finding it.

    Where the question was about a second site of the company (msd.com of merck.com), the id ends in `#` and that site's
    domain, so that the answer is about the site that was asked for.
    """

    provider_id: str | None = None
    note: str | None = None


class Companies:
    """The companies with their indexes."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_id: dict[str, Company] = {}
        self._by_domain: dict[str, list[Company]] = defaultdict(list)
        self._by_name: dict[tuple[str, ...], list[Company]] = defaultdict(list)
        for entries in _joined(records):
            self._add(_company(entries))
        for domain, companies in self._by_domain.items():
            if len(companies) > 1:
                companies.sort(key=lambda company: _standing(company, domain))

    def _add(self, company: Company) -> None:
        self._by_id[company.id] = company
        for domain in company.sites:
            self._by_domain[domain].append(company)
        for words in {name_words(name) for name in company.names}:
            self._by_name[words].append(company)

    def __len__(self) -> int:
        return len(self._by_id)

    def ids(self) -> Iterator[str]:
        return iter(self._by_id)

    def with_id(self, provider_id: str) -> tuple[Company, str | None] | None:
        """The company of an id and the host that the id is about, its first if none is said."""
        company_id, _, domain = provider_id.partition("#")
        company = self._by_id.get(company_id)
        if company is None:
            return None
        return company, company.sites.get(domain, next(iter(company.sites.values()), None))

    def at_domain(self, domain: str, *, name: str | None) -> Found:
        """The company whose site is at that registrable domain; of several the one whose name fits the asked one."""
        there = self._by_domain.get(domain)
        if not there:
            return Found()
        taken = next((company for company in there if compare_names(company.name, name) is Likeness.SAME), there[0])
        others = [company.name or company.id for company in there if company is not taken]
        notes = [f"{len(there)} companies give this site; not taken: {', '.join(others)}"] if others else []
        if len(taken.symbols) > 1:
            notes.append(f"listed as {', '.join(taken.symbols)}: one entry was taken")
        provider_id = taken.id if domain == next(iter(taken.sites)) else f"{taken.id}#{domain}"
        return Found(provider_id, "; ".join(notes) or None)

    def named(self, name: str) -> Found:
        """The only company of that name, legal forms aside."""
        there = self._by_name.get(name_words(name), [])
        if len(there) > 1:
            return Found(note=f"{len(there)} companies have this name: {', '.join(company.id for company in there)}")
        return Found(there[0].id) if there else Found()


@lru_cache(maxsize=1)
def listed_companies() -> Companies:
    """The package's companies. Reading and indexing takes some tenths of a second, the first time."""
    from pytickersymbols.indices_data import INDICES  # noqa: PLC0415  nothing is loaded at import

    return Companies(record for index in INDICES.values() for record in index["companies"])


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record with what is asked of it again and again."""

    record: Record
    name: str | None
    article: str | None
    sites: dict[str, str]
    is_coherent: bool
    is_other_listing: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What the company goes by; nothing where the article may be about another one than it names."""
        if self.is_other_listing:
            return ()
        return tuple(name for name in (self.name, article_name(self.record)) if name)

    @property
    def worth(self) -> tuple[bool, bool, int]:
        return self.is_coherent, bool(self.sites), len(metadata(self.record))

    def is_same(self, other: _Entry) -> bool:
        """Whether two records of one name are of one company: EQT is an American and a Swedish one."""
        is_told_apart = self.article is not None and other.article is not None and self.article != other.article
        labels, others = ({domain.partition(".")[0] for domain in entry.sites} for entry in (self, other))
        return not is_told_apart or not labels.isdisjoint(others)


def _entry(record: Record) -> _Entry:
    return _Entry(
        record=record,
        name=company_name(record),
        article=article(record),
        sites=sites(record),
        is_coherent=is_coherent(record),
        is_other_listing=is_listing_confirmed(record) is False,
    )


def _joined(records: Iterable[Record]) -> list[list[_Entry]]:
    """Records of one company, from several indices and for several kinds of share, together, in their order."""
    named: dict[tuple[bool, tuple[str, ...]], list[list[_Entry]]] = defaultdict(list)
    for record in records:
        entry = _entry(record)
        groups = named[entry.name is None, name_words(entry.name or article_name(record) or "")]
        group = next((group for group in groups if any(map(entry.is_same, group))), None)
        if group is None:
            groups.append([entry])
        else:
            group.append(entry)
    named.pop((True, ()), None)  # neither named nor described
    return [group for groups in named.values() for group in groups]


def _company(entries: list[_Entry]) -> Company:
    """The company of these records, shown by the best of them; of equals the first."""
    best = max(entries, key=lambda entry: entry.worth)
    hosts = dict(best.sites)
    for entry in entries:
        for domain, host in entry.sites.items():
            hosts.setdefault(domain, host)
    symbols = [entry.record.get("symbol") for entry in entries]
    # A nameless company must not go by the title of an article that is about another one.
    provider_id = best.article or best.name if best.name else next(iter(best.sites), best.article)
    return Company(
        id=(provider_id or str(best.record.get("name"))).replace(" ", "_"),
        name=best.name,
        names=tuple(name for entry in entries for name in entry.names),
        record=best.record,
        is_doubtful=best.is_other_listing,
        sites=hosts,
        symbols=tuple(dict.fromkeys(bare_code(symbol) for symbol in symbols if isinstance(symbol, str))),
    )


def _standing(company: Company, domain: str) -> tuple[bool, bool, int, str]:
    """Order among companies that give one site: the one whose site it surely is comes first."""
    is_named_so = company.name is not None and label_fits(domain, company.name)
    return company.is_doubtful, not is_named_so, -len(metadata(company.record)), company.id
