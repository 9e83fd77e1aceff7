"""Writes the packages that the program is made of as an SPDX 2.3 document (https://spdx.github.io/spdx-spec/v2.3/).

Usage: swift package show-dependencies --format json | spdx.py VERSION
"""

import hashlib
import json
import sys


def packages(tree, found):
    for child in tree.get("dependencies", []):
        found[child["identity"]] = (child["version"], child["url"])
        packages(child, found)
    return found


version = sys.argv[1]
parts = sorted(packages(json.load(sys.stdin), {}).items())
described = [("signalbench", version, "NOASSERTION")] + [(name, number, url) for name, (number, url) in parts]
digest = hashlib.sha256(repr(described).encode()).hexdigest()
document = {
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": "signalbench-" + version,
    "documentNamespace": "https://spdx.org/spdxdocs/signalbench-%s-%s" % (version, digest[:32]),
    "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": ["Tool: signalbench"]},
    "packages": [
        {
            "name": name,
            "SPDXID": "SPDXRef-" + name,
            "versionInfo": number,
            "downloadLocation": url if url.startswith("https://github.com/") else "NOASSERTION",
            "filesAnalyzed": False,
        }
        for name, number, url in described
    ],
    "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-signalbench"}
    ]
    + [
        {"spdxElementId": "SPDXRef-signalbench", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-" + name}
        for name, _, _ in described[1:]
    ],
}
json.dump(document, sys.stdout, indent=2)
print()
