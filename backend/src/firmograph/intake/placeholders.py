"""Texts that people and programs write into a cell that has no value."""

from __future__ import annotations

import re

_MARKS = str.maketrans("", "", " \t\n\r\x0b\x0c/\\_#()[]<>{}*'\"`´’:;,!?|-")
_ADDRESS_PARTS = re.compile(r"(?:https?|www|\W|_)+", re.IGNORECASE)
_LONGEST = 60

# Case, spaces and marks aside. None of them may be a domain: a dot stands only before an unknown suffix.
_WORDS_TEXT = """
    na n.a nan nat nil none null n.v.t nvt nd n.d sd s.d sn s.n n.n k.a ka tbd tba tbc x xx xxx
    empty blank missing undefined unknown unspecified notapplicable notavailable notfound notknown notset notprovided
    notspecified notlisted nodata noinfo noinformation novalue nothing false
    nowebsite nowebsitefound nosite noweb nowebpage nourl nodomain nolink nohomepage nowebsiteavailable withoutwebsite
    doesnothaveawebsite nowebpresence comingsoon underconstruction websitecomingsoon websiteunderconstruction pending
    sinweb sinsitio sinpagina sinpaginaweb sinsitioweb notiene notienepagina notienepaginaweb notieneweb nodisponible
    noaplica ninguno ninguna desconocido sindatos noidentificado noencontrado
    keine keiner keines kein keineangabe keinewebsite keinewebseite keinehomepage unbekannt nichtvorhanden fehlt
    aucun aucune néant neant passite pasdesite pasdesiteweb nonrenseigné nonrenseigne nondisponible inconnu sanssite
    nondisponibile nessuno nessunsito assente sconosciuto
    nãotem naotem nãopossui naopossui semsite semwebsite nãodisponível naodisponivel nenhum desconhecido
    geen geenwebsite onbekend brak brakstrony nieznany ingen saknas okänd ukendt yok bilinmiyor
    нет неизвестно отсутствует немає 无 無 没有 暂无 不明 なし 無し 없음
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_ERROR_VALUES = re.compile(r"#(?:n/?a|ref|value|name|div/0|null|num|getting_data|spill)[!?]?", re.IGNORECASE)


def is_placeholder(text: str) -> bool:
    """Whether a cell's text (not blank) stands for no value: `N/A`, `-`, `https://...`, `#REF!`, `no website`."""
    if len(text) > _LONGEST:
        return False
    if text.translate(_MARKS).strip(".").casefold() in _WORDS or _ADDRESS_PARTS.fullmatch(text):
        return True
    return text.startswith("#") and _ERROR_VALUES.fullmatch(text.strip()) is not None
