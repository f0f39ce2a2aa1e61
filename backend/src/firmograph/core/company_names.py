"""Comparing company names: without legal forms, accents, punctuation and word order; careful to say "the same"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache


class Likeness(StrEnum):
    """What two names say about each other."""

    SAME = "same"
    UNSURE = "unsure"  # a subsidiary or an abbreviation perhaps, or names that can't be compared
    DIFFERENT = "different"


# Legal forms as single words, folded and without dots. Forms of several words (`s.a. de c.v.`, `gmbh & co. kg`,
# `pty ltd`) are these one after the other.
_FORMS = frozenset(
    """
    ab ag akciova aktiebolag aktiengesellschaft akcyjna aps as asa bhd bv bvba cia co coltd company corp corporacion
    corporation cv cvba da dac doo dd ead ehf eg eirl eood epe eurl ev fmba fze fzco fzllc gbr gesmbh gmbh ggmbh hb hf
    iks inc incorporated jsc kd kdd kft kg kgaa kk ks ky lda limited limitada llc llp lp ltd ltda mbb mbh na nv nyrt oao
    ohg ood ooo oo ou oy oyj pao pjsc plc pllc pte pty publ pvt qsc rl rt sa sab sac sae saic saog sapa sapi sarl sas
    sasu sasi sgps sca scop scrl sdn se sia sicav slu sll slp slne snc sociedad societe sp spa spj spk spolka spzoo sprl
    sro srl srls tbk uab ug unlimited vof wll xk yk zao zoo zrt ооо оао зао пао ао тоо ип нко тов пат αε ае επε ικε בעמ
    """.split()  # noqa: SIM905  a list of words reads better than a list of quoted words
)
# Forms written out, as `_words` leaves them, and the short form each is.
_WRITTEN_OUT = {
    "limited liability company": "llc",
    "public limited company": "plc",
    "joint stock company": "jsc",
    "societe anonyme": "sa",
    "sociedad anonima": "sa",
    "societa per azioni": "spa",
    "s de rl": "srl",
    "sp z oo": "spzoo",
}
# Stand before the name: OOO Gazprom, PT Bank Central Asia. Others there are part of it (Co-op, SE Health).
_LEADING_FORMS = frozenset(
    {"ооо", "оао", "зао", "пао", "ао", "тоо", "тов", "пат", "ooo", "oao", "zao", "pao", "pt", "uab"}
)
# In scripts that write no spaces, forms stand right at the name.
_ATTACHED_FORMS = tuple(
    unicodedata.normalize("NFKC", form)
    for form in (
        "株式会社",
        "有限会社",
        "合同会社",
        "合資会社",
        "(株)",
        "(有)",
        "股份有限公司",
        "股份公司",
        "有限责任公司",
        "有限責任公司",
        "有限公司",
        "주식회사",
        "유한회사",
        "(주)",
    )
)
# Stand between two forms, or between the name and its form.
_JOINTS = frozenset({"and", "de", "e", "et", "i", "og", "och", "private", "und", "y"})
# Say little about which company it is.
_WEAK = frozenset(
    "and com group groupe grupo gruppe gruppo holding holdings international intl net org the".split()  # noqa: SIM905
)
_SMALL = frozenset({"a", "and", "de", "der", "des", "di", "do", "du", "et", "for", "in", "la", "le", "of", "und", "y"})

_SPECIAL = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"})
_AND = re.compile(r"[&＆+]")
_MARKS = re.compile("[\u0300-\u036f]")
_DROPPED = re.compile("['’ʼ`´\"“”„״׳]|\\(tm\\)|\\(r\\)")
_TRADE = re.compile("[™®©℠]")
_INITIALS = re.compile(r"(?<![^\W_])(?:[^\W_]{1,2}[./]){1,5}[^\W_]{1,3}(?![^\W_])")
_NOT_WORD = re.compile(r"[\W_]+")

# A longer one is no name, and comparing letters takes time with the square of their number.
_LONGEST_NAME = 256
_TYPO_RATIO = 0.92
_TYPO_LENGTH = 6
_UNSURE_RATIO = 0.85
_ACRONYM_LENGTH = 3
_LABEL_LENGTH = 2


@lru_cache(maxsize=8192)
def name_words(name: str) -> tuple[str, ...]:
    """A name's words, folded, without its legal forms; a name made of nothing else keeps them."""
    folded = bare = _folded(name)
    for form in _ATTACHED_FORMS:
        bare = bare.replace(form, " ")
    return _without_forms(_words(bare) or _words(folded))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", _TRADE.sub("", name[:_LONGEST_NAME])).casefold()


def _words(folded: str) -> tuple[str, ...]:
    plain = _AND.sub(" and ", folded)
    plain = _MARKS.sub("", unicodedata.normalize("NFD", plain.translate(_SPECIAL)))
    plain = _DROPPED.sub("", unicodedata.normalize("NFC", plain))
    plain = _INITIALS.sub(lambda found: re.sub(r"[./]", "", found[0]), plain)
    spaced = f" {' '.join(_NOT_WORD.sub(' ', plain).split())} "
    for written, form in _WRITTEN_OUT.items():
        spaced = spaced.replace(f" {written} ", f" {form} ")
    return tuple(spaced.split())


def _without_forms(words: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) > 1 and words[-1] == "the":  # as catalogues write it: Coca-Cola Company, The
        words = words[:-1]
    end = len(words)
    while 0 < (length := _form_at_end(words[:end])) < end:
        end -= length
        # After a single letter it is an initial: A. E. GmbH, but Silva e Cia Ltda.
        if end > 1 and words[end - 1] in _JOINTS and len(words[end - 2]) > 1:
            end -= 1
    start = 0
    while start < end and words[start] in _LEADING_FORMS and end - start > 1:
        start += 1
    return words[start:end]


def _form_at_end(words: Sequence[str]) -> int:
    """How many words at the end are one legal form: `gmbh` is one, `s a` two, none is 0."""
    if words and words[-1] in _FORMS:
        return 1
    for length in (4, 3, 2):
        tail = words[-length:]
        is_spelled = len(tail) == length and all(len(word) == 1 for word in tail)
        if is_spelled and "".join(tail) in _FORMS:
            return length
    return 0


@lru_cache(maxsize=8192)
def compare_names(one: str | None, other: str | None) -> Likeness:
    """Whether two names mean the same company. Symmetric; `UNSURE` where one is missing or they can't be compared."""
    if one is None or other is None:
        return Likeness.UNSURE
    mine, theirs = name_words(one), name_words(other)
    if not mine or not theirs:
        return Likeness.UNSURE
    if _is_same(mine, theirs):
        return Likeness.SAME
    return Likeness.UNSURE if _is_unsure(mine, theirs) else Likeness.DIFFERENT


def _is_same(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    strong, their_strong = _strong(mine), _strong(theirs)
    if {"".join(mine), "".join(strong)} & {"".join(theirs), "".join(their_strong)}:
        return True
    if sorted(strong) == sorted(their_strong):
        return True
    return _is_typo("".join(strong), "".join(their_strong))


def _strong(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _WEAK) or words


def _is_typo(one: str, other: str) -> bool:
    """Nearly the same letters and exactly the same digits: Studio 54 is not Studio 55."""
    is_long = min(len(one), len(other)) >= _TYPO_LENGTH
    return is_long and re.findall(r"\d", one) == re.findall(r"\d", other) and _ratio(one, other) >= _TYPO_RATIO


def _ratio(one: str, other: str) -> float:
    first, second = sorted((one, other))  # the measure depends on the order
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _is_unsure(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if _is_latin(mine) != _is_latin(theirs):
        return True
    if _is_acronym(mine, theirs) or _is_acronym(theirs, mine):
        return True
    tells, their_tells = _telling(mine), _telling(theirs)
    shared = len(tells & their_tells)
    is_part = shared > min(len(tells), len(their_tells)) / 2
    return is_part or _ratio("".join(mine), "".join(theirs)) >= _UNSURE_RATIO


def _telling(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in words if word not in _WEAK | _SMALL) or frozenset(words)


def _is_latin(words: tuple[str, ...]) -> bool:
    return any("a" <= char <= "z" or char.isdigit() for char in "".join(words))


def _is_acronym(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    letters = "".join(short)
    if len(short) != 1 or len(letters) < _ACRONYM_LENGTH:
        return False
    return letters in {"".join(word[0] for word in long), "".join(word[0] for word in long if word not in _SMALL)}


def label_fits(domain: str, name: str) -> bool:
    """Whether a domain's first label is clearly this name written together: `coca-cola.de`, The Coca-Cola Company."""
    label = "".join(_words(_unicode(domain.partition(".")[0]).casefold().replace("-", "")))
    words = name_words(name)
    spelled = {"".join(words), "".join(_strong(words)), "".join(_words(unicodedata.normalize("NFKC", name).casefold()))}
    return len(label) >= _LABEL_LENGTH and label in spelled


def _unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
