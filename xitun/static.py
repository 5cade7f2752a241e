"""Static files with hashed names, compressed once at set-up (gzip only: brotli costs seconds at start)."""

import re

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Vendored CSS and JS name source maps that are not shipped; the manifest must not stop at them."""

    support_js_module_import_aggregation = False
    patterns = tuple(
        (glob, tuple(p for p in found if "sourceMappingURL" not in (p[0] if isinstance(p, tuple) else p)))
        for glob, found in CompressedManifestStaticFilesStorage.patterns
        if not re.fullmatch(r"\*\.js", glob)
    )
