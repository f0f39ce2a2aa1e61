"""Places of invented companies: country, region, city and postal code that belong together, in lower case."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """One place; `None` where the country has no regions or no postal codes."""

    country: str
    region: str | None
    city: str
    postal_code: str | None


# Country names follow the provider's list, which has ISO forms such as `korea, republic of` (contract, section 3.3).
PLACES: tuple[Place, ...] = tuple(
    Place(*row)
    for row in (
        ("united states", "california", "san francisco", "94105"),
        ("united states", "massachusetts", "boston", "02110"),
        ("united states", "texas", "austin", "78701"),
        ("united states", "new york", "new york", "10013"),
        ("united states", "illinois", "chicago", "60606"),
        ("united states", "washington", "seattle", "98101"),
        ("united states", "georgia", "atlanta", "30309"),
        ("united states", "new jersey", "newark", "07102"),
        ("united states", "colorado", "denver", "80202"),
        ("united states", "ohio", "columbus", "43215"),
        ("canada", "ontario", "toronto", "M5H 2N2"),
        ("canada", "quebec", "montreal", "H3B 1A7"),
        ("canada", "british columbia", "vancouver", "V6C 1H2"),
        ("united kingdom", "england", "london", "EC2A 4NE"),
        ("united kingdom", "england", "manchester", "M1 4BT"),
        ("united kingdom", "scotland", "edinburgh", "EH2 4AD"),
        ("united kingdom", "wales", "cardiff", "CF10 1EP"),
        ("ireland", "leinster", "dublin", "D02 X285"),
        ("germany", "bavaria", "munich", "80331"),
        ("germany", "saxony", "dresden", "01067"),
        ("germany", "berlin", "berlin", "10115"),
        ("germany", "north rhine-westphalia", "cologne", "50667"),
        ("france", "île-de-france", "paris", "75002"),
        ("france", "auvergne-rhône-alpes", "lyon", "69002"),
        ("spain", "community of madrid", "madrid", "28013"),
        ("spain", "catalonia", "barcelona", "08002"),
        ("portugal", "lisbon", "lisbon", "1100-148"),
        ("italy", "lombardy", "milan", "20121"),
        ("italy", "piedmont", "turin", "10121"),
        ("netherlands", "north holland", "amsterdam", "1012 JS"),
        ("netherlands", "south holland", "rotterdam", "3011 AA"),
        ("belgium", "flanders", "antwerp", "2000"),
        ("austria", "vienna", "vienna", "1010"),
        ("switzerland", "zurich", "zurich", "8001"),
        ("sweden", "stockholm county", "stockholm", "111 22"),
        ("denmark", "capital region of denmark", "copenhagen", "1050"),
        ("norway", "oslo", "oslo", "0150"),
        ("finland", "uusimaa", "helsinki", "00100"),
        ("poland", "masovia", "warsaw", "00-001"),
        ("czechia", "prague", "prague", "110 00"),
        ("greece", "attica", "athens", "105 57"),
        ("turkey", "istanbul", "istanbul", "34367"),
        ("israel", "tel aviv", "tel aviv", "6688218"),
        ("united arab emirates", "dubai", "dubai", None),
        ("india", "karnataka", "bengaluru", "560001"),
        ("india", "maharashtra", "mumbai", "400001"),
        ("singapore", None, "singapore", "048619"),
        ("japan", "tokyo", "tokyo", "100-0005"),
        ("japan", "osaka", "osaka", "530-0001"),
        ("korea, republic of", "seoul", "seoul", "04524"),
        ("taiwan, province of china", "taipei", "taipei", "110"),
        ("viet nam", "ho chi minh", "ho chi minh city", "700000"),
        ("australia", "new south wales", "sydney", "2000"),
        ("australia", "victoria", "melbourne", "3000"),
        ("new zealand", "auckland", "auckland", "1010"),
        ("brazil", "são paulo", "são paulo", "01310-100"),
        ("brazil", "rio de janeiro", "rio de janeiro", "20040-002"),
        ("mexico", "jalisco", "guadalajara", "44100"),
        ("mexico", "mexico city", "mexico city", "06600"),
        ("colombia", "antioquia", "medellín", "050021"),
        ("chile", "santiago metropolitan", "santiago", "8320000"),
        ("argentina", "buenos aires", "la plata", "1900"),
        ("bolivia, plurinational state of", "la paz", "la paz", None),
        ("south africa", "gauteng", "johannesburg", "2001"),
        ("kenya", "nairobi", "nairobi", "00100"),
        ("tanzania, united republic of", "dar es salaam", "dar es salaam", "11101"),
    )
)

_COUNTRY_OF_SUFFIX = {
    "ar": "argentina",
    "at": "austria",
    "au": "australia",
    "be": "belgium",
    "bo": "bolivia, plurinational state of",
    "br": "brazil",
    "ca": "canada",
    "ch": "switzerland",
    "cl": "chile",
    "cz": "czechia",
    "de": "germany",
    "dk": "denmark",
    "es": "spain",
    "fi": "finland",
    "fr": "france",
    "gr": "greece",
    "ie": "ireland",
    "il": "israel",
    "in": "india",
    "it": "italy",
    "jp": "japan",
    "ke": "kenya",
    "kr": "korea, republic of",
    "mx": "mexico",
    "nl": "netherlands",
    "no": "norway",
    "nz": "new zealand",
    "pl": "poland",
    "pt": "portugal",
    "se": "sweden",
    "sg": "singapore",
    "tr": "turkey",
    "tw": "taiwan, province of china",
    "tz": "tanzania, united republic of",
    "uk": "united kingdom",
    "us": "united states",
    "vn": "viet nam",
    "za": "south africa",
}

PLACES_OF_SUFFIX: dict[str, tuple[Place, ...]] = {
    suffix: tuple(place for place in PLACES if place.country == country)
    for suffix, country in _COUNTRY_OF_SUFFIX.items()
}
