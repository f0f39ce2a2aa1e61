"""Sites on which others have a page: a link to such a page is not the company's own site.

A pattern is a host and the start of a path. `x.com/` is any page of x.com, `x.com/biz` the pages below that path,
`*.x.com` any host below x.com but the platform's own; `x.*` stands for x under any public suffix, `/?` also takes a
bare host with a query. The bare host of a platform is the site of the platform's company.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qs

from firmograph.core.outcomes import Rejection

_SOCIAL = """
    linkedin.com/ facebook.com/ fb.com/ fb.me/ fb.watch/ m.me/ instagram.com/ instagr.am/ ig.me/ threads.net/
    threads.com/ twitter.com/ x.com/ youtube.com/ youtu.be/ tiktok.com/ pinterest.*/ pin.it/ snapchat.com/
    reddit.com/ tumblr.com/ *.tumblr.com medium.com/ *.medium.com bsky.app/ mastodon.social/ quora.com/ flickr.com/
    vimeo.com/ dailymotion.com/ twitch.tv/ soundcloud.com/ behance.net/ dribbble.com/ plus.google.com/ viadeo.com/
    xing.com/ vk.com/ vk.ru/ ok.ru/ weibo.com/ weibo.cn/ xiaohongshu.com/ douyin.com/ space.bilibili.com/
    wa.me/ api.whatsapp.com/ chat.whatsapp.com/ whatsapp.com/channel whatsapp.com/catalog wa.link/ t.me/ telegram.me/
    discord.gg/ discord.com/invite discord.com/channels line.me/ lin.ee/ page.line.me/ pf.kakao.com/ zalo.me/
    linktr.ee/ about.me/ beacons.ai/ bio.link/ bio.site/ lnk.bio/ taplink.cc/ campsite.bio/ linkin.bio/ solo.to/
    allmylinks.com/ linkpop.com/ msha.ke/ hoo.be/ heylink.me/
"""

_BUILDERS = """
    *.business.site *.negocio.site *.wixsite.com *.wixstudio.com *.wixstudio.io *.editorx.io *.blogspot.*
    *.wordpress.com *.wpcomstaging.com *.weebly.com *.weeblysite.com *.ueniweb.com *.godaddysites.com *.square.site
    *.webnode.* *.jimdo.com *.jimdosite.com *.jimdofree.com *.jimdoweb.com *.strikingly.com *.mystrikingly.com
    *.site123.me *.simplesite.com *.yolasite.com *.000webhostapp.com *.webs.com *.tripod.com *.angelfire.com
    *.carrd.co *.canva.site *.framer.website *.notion.site *.webflow.io *.squarespace.com *.substack.com *.ghost.io
    *.typepad.com *.livejournal.com *.over-blog.com *.e-monsite.com *.canalblog.com *.altervista.org *.eatbu.com
    *.company.site *.tilda.ws *.ucraft.site *.ucoz.* *.narod.ru *.hubspotpagebuilder.com *.hs-sites.com
    *.unbouncepages.com *.clickfunnels.com *.mailchimpsites.com *.zohosites.com *.multiscreensite.com
    *.websitebuilder.online *.webadorsite.com *.jouwweb.site *.hatenablog.com *.exblog.jp *.tistory.com *.modoo.at
    *.bandcamp.com *.teachable.com *.thinkific.com *.mykajabi.com *.podia.com *.gumroad.com *.linktree.site
    ameblo.jp/ note.com/ blog.naver.com/ cafe.naver.com/ smartstore.naver.com/ sites.google.com/
    business.google.com/ g.page/ notion.so/
"""

_JOB_BOARDS = """
    jobs.lever.co/ jobs.eu.lever.co/ boards.greenhouse.io/ boards.eu.greenhouse.io/ job-boards.greenhouse.io/
    job-boards.eu.greenhouse.io/ apply.workable.com/ jobs.workable.com/ *.workable.com jobs.ashbyhq.com/
    jobs.smartrecruiters.com/ careers.smartrecruiters.com/ jobs.jobvite.com/ jobs.gem.com/ *.bamboohr.com *.breezy.hr
    *.recruitee.com *.teamtailor.com *.myworkdayjobs.com *.applytojob.com *.icims.com *.taleo.net *.freshteam.com
    *.zohorecruit.com *.pinpointhq.com *.personio.de *.jobs.personio.com *.homerun.co *.join.com join.com/companies
    indeed.*/cmp indeed.*/jobs glassdoor.*/overview glassdoor.*/reviews glassdoor.*/jobs kununu.com/
    welcometothejungle.com/ naukri.com/ stepstone.*/cmp wellfound.com/company wellfound.com/jobs angel.co/company
    angel.co/companies
"""

_DIRECTORIES = """
    crunchbase.com/organization crunchbase.com/company yelp.*/biz tripadvisor.*/ trustpilot.*/review
    indiamart.com/ dir.indiamart.com/ tradeindia.com/ exportersindia.com/ justdial.com/ sulekha.com/
    *.en.alibaba.com *.fm.alibaba.com *.en.made-in-china.com globalsources.com/ europages.*/ kompass.com/ wlw.de/
    yellowpages.*/ pagesjaunes.fr/ gelbeseiten.de/ paginegialle.it/ paginasamarillas.*/ 11880.com/ yell.com/biz
    foursquare.com/v bbb.org/us bbb.org/ca thumbtack.com/ houzz.*/pro houzz.*/professionals manta.com/c
    g2.com/products capterra.*/p clutch.co/profile goodfirms.co/company sortlist.*/agency designrush.com/agency
    opencorporates.com/companies zoominfo.com/c owler.com/company dnb.com/business-directory bloomberg.com/profile
    bloomberg.com/quote pitchbook.com/profiles tracxn.com/d cbinsights.com/company apollo.io/companies
    app.apollo.io/ rocketreach.co/ craft.co/ f6s.com/ ycombinator.com/companies producthunt.com/products
    producthunt.com/posts startupblink.com/startups northdata.*/ dealroom.co/companies app.dealroom.co/
    find-and-update.company-information.service.gov.uk/company wikipedia.org/wiki wikidata.org/wiki imdb.com/title
    imdb.com/name booking.com/hotel agoda.com/hotel airbnb.*/rooms airbnb.*/h expedia.*/hotel vrbo.com/
    eventbrite.*/e eventbrite.*/o meetup.com/ 10times.com/ *.diytrade.com *.listedcompany.com *.todayir.com
    *.investorroom.com *.etnet.com.hk *.irpage.co.kr
"""

_STORES = """
    amazon.*/stores amazon.*/shops amazon.*/sp amazon.*/dp amazon.*/gp amazon.*/s amazon.*/b ebay.*/str ebay.*/usr
    ebay.*/itm stores.ebay.*/ etsy.com/shop etsy.com/listing *.etsy.com apps.apple.com/ itunes.apple.com/
    podcasts.apple.com/ play.google.com/ apps.microsoft.com/ chromewebstore.google.com/ open.spotify.com/
    shopee.*/shop lazada.*/shop aliexpress.*/store *.tmall.com *.taobao.com tokopedia.com/ flipkart.com/search
    github.com/ gitlab.com/ bitbucket.org/ kickstarter.com/projects indiegogo.com/projects gofundme.com/f
    patreon.com/ ko-fi.com/ buymeacoffee.com/ *.itch.io
"""

_LINKS = """
    bit.ly/ goo.gl/ maps.app.goo.gl/ photos.app.goo.gl/ tinyurl.com/ t.co/ ow.ly/ buff.ly/ is.gd/ v.gd/ cutt.ly/
    rb.gy/ lnkd.in/ shorturl.at/ rebrand.ly/ tiny.cc/ s.id/ amzn.to/ g.co/ forms.gle/ qrco.de/ me-qr.com/ adf.ly/
    google.*/maps google.*/search google.*/travel maps.google.*/? maps.apple.com/? docs.google.com/ drive.google.com/
    forms.google.com/ groups.google.com/ calendar.google.com/ waze.com/ul dropbox.com/s dropbox.com/sh dropbox.com/scl
    onedrive.live.com/? 1drv.ms/ *.sharepoint.com airtable.com/ *.typeform.com calendly.com/ canva.com/design
    issuu.com/ scribd.com/ slideshare.net/ prezi.com/ forms.office.com/
    translate.google.*/? translate.googleusercontent.com/ *.translate.goog translate.yandex.*/?
    translated.turbopages.org/ microsofttranslator.com/ bing.com/translator webcache.googleusercontent.com/
    web.archive.org/ archive.org/web archive.org/details archive.ph/ archive.is/ archive.today/
"""

# Hosts below a platform on which it speaks for itself.
_OWN_HOSTS_TEXT = "www about app apps blog careers dev developer developers docs en go help info login m my support"
_OWN_HOSTS = frozenset(_OWN_HOSTS_TEXT.split())
# Hosts of a platform that show the same pages as the bare one: mobile ones, and those of a country or language.
_SAME_PAGES = re.compile(r"www|(?:www\.)?(?:m|mobile|touch|web|mbasic|business|[a-z]{2}|[a-z]{2}-[a-z]{2})(?:\.m)?")
# Paths at which a platform speaks for itself; an empty one is its front page.
_OWN_PATHS_TEXT = "home index.html index.htm index.php login signin signup register en en-us en-gb de fr es about"
_OWN_PATHS = frozenset({"", *_OWN_PATHS_TEXT.split()})


def _index() -> dict[str, list[tuple[str, str, Rejection]]]:
    index: dict[str, list[tuple[str, str, Rejection]]] = defaultdict(list)
    pages = (_BUILDERS, _JOB_BOARDS, _DIRECTORIES, _STORES, _LINKS)
    for text, rejection in ((_SOCIAL, Rejection.SOCIAL_PROFILE), *((page, Rejection.HOSTED_PAGE) for page in pages)):
        for pattern in text.split():
            host, _, path = pattern.partition("/")
            below = "*." if host.startswith("*.") else ""
            index[host.removeprefix("*.")].append((below, path, rejection))
    return dict(index)


_INDEX = _index()
# The labels of all patterns but their last: a domain that has none of them needs no further look.
_LABELS = frozenset(label for name in _INDEX for label in name.split(".")[:-1])


def page_rejection(host: str, domain: str, path: str, query: str) -> Rejection | None:
    """`social_profile` or `hosted_page` when this address is somebody's page on a platform, else `None`.

    `host` is ASCII and `domain` its registrable domain; `path` comes without its first slash.
    """
    label, _, suffix = domain.partition(".")
    if label not in _LABELS and suffix not in _INDEX and _family(suffix) not in _INDEX:
        return None
    for name, lower in _names(host, domain):
        for below, start, rejection in _INDEX.get(name, ()):
            if _is_below(lower) if below else _is_page(lower, path.lstrip("/"), query, start):
                return rejection
    return None


def _names(host: str, domain: str) -> Iterator[tuple[str, str]]:
    """The names a pattern may have for this host, each with the labels that stand before it."""
    suffix = domain.partition(".")[2]
    stem = host.removesuffix(f".{suffix}").split(".")
    for at in range(len(stem)):
        name, lower = ".".join(stem[at:]), ".".join(stem[:at])
        yield f"{name}.{suffix}", lower
        yield f"{name}.*", lower
    # One name beyond the registrable domain: where the platform's host is itself a private suffix.
    yield suffix, ".".join(stem)
    yield _family(suffix), ".".join(stem)


def _family(suffix: str) -> str:
    """`blogspot.*` for the private suffix `blogspot.com`; empty for a suffix of one label."""
    label, dot, _ = suffix.partition(".")
    return f"{label}.*" if dot else ""


def _is_below(lower: str) -> bool:
    return bool(lower) and lower.removeprefix("www.") not in _OWN_HOSTS


def _is_page(lower: str, path: str, query: str, start: str) -> bool:
    if lower and not _SAME_PAGES.fullmatch(lower):
        return False
    if start in {"", "?"}:
        return path.strip("/ ").lower() not in _OWN_PATHS or (start == "?" and bool(query))
    begin = path.lower()
    return begin == start or begin.startswith((f"{start}/", f"{start}-", f"{start}_", f"{start}?"))


# Pages that only lead on to the site named in their query: host, path, names of the query's part.
_REDIRECTS = (
    (re.compile(r"(?:www\.)?google\.[a-z.]+"), "url", ("q", "url")),
    (re.compile(r"l\.(?:facebook|instagram)\.com|lm\.facebook\.com"), "", ("u",)),
    (re.compile(r"(?:www\.)?linkedin\.com"), "redir/", ("url",)),
    (re.compile(r"(?:www\.)?youtube\.com"), "redirect", ("q",)),
    (re.compile(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com"), "", ("url",)),
    (re.compile(r"slack-redir\.net"), "link", ("url",)),
)


def redirect_target(host: str, path: str, query: str) -> str | None:
    """The address that a redirecting link leads to; `None` if this is no such link."""
    if not query:
        return None
    for pattern, start, names in _REDIRECTS:
        if path.startswith(start) and pattern.fullmatch(host):
            values = parse_qs(query)
            return next((values[name][0] for name in names if name in values), None)
    return None
