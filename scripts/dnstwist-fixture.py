"""Writes what dnstwist makes of made-up domains, for the tests of ebrc-typos.

A line is a domain, an algorithm, how many wrong forms it makes, and the forms,
in the order of the alphabet and in ASCII; of more than LISTED only the SHA-256
of what would stand there. Needs dnstwist and tld (the public suffix list), not
idna: scripts/dnstwist-parity.sh brings them.

    python3 scripts/dnstwist-fixture.py > crates/ebrc-typos/tests/dnstwist.tsv
"""

import hashlib
from collections import defaultdict

import dnstwist

LISTED = 110

DOMAINS = """
harborbank.com vellora.com kestrelmail.com quimby7.com tarnwick.com
arnold-clue.com a-b-c.com zoo.com oxo.com cap.com ace.com mississip.com
wwwcloud.com 0ffice365.com clamrnod.com bubbles.com xyzzys.com voxes.com
aeoeae.com sexyjock.com il1.com lb.com x.com ab-cd-.com
mail.larkmill.com mx.a.larkmill.com
vellora.com.cn vellora.co.uk vellora.com.br vellora.co.jp
ocean.de ocean.fr ocean.fi ocean.no ocean.ca ocean.info ocean.dk ocean.pl
ocean.org ocean.io sealane.nl
sch\u00f6nbach.de caf\u00e9.com \u0441\u043e\u0440.com
"""


def main():
    assert dnstwist.__version__ == "20250130", dnstwist.__version__
    assert dnstwist.idna.__module__ == "dnstwist", "remove the package idna"
    import tld  # noqa: F401: without it, dnstwist splits domains by guesswork

    for domain in DOMAINS.split():
        try:
            name = dnstwist.UrlParser(domain).domain
        except ValueError:
            continue
        fuzzer = dnstwist.Fuzzer(name)
        fuzzer.generate()
        kinds = defaultdict(list)
        for found in fuzzer.permutations():
            if found["fuzzer"] != "*original":
                kinds[found["fuzzer"]].append(found["domain"])
        for kind, wrong in sorted(kinds.items()):
            forms = " ".join(sorted(wrong))
            if len(wrong) > LISTED:
                forms = "sha256:" + hashlib.sha256(forms.encode()).hexdigest()
            print(name, kind, len(wrong), forms, sep="\t")


main()
