#!/bin/sh
# Refreshes static/vendor from package-lock.json: the libraries' own ES modules, unchanged but for the names they import
# each other by (a browser knows paths, not package names), each beside its licence. Needs npm, and only here.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
to=static/vendor
rm -rf "$to"
mkdir -p "$to"

take() { # package, file in it, name here
    sed -e 's#"preact/hooks"#"./preact-hooks.js"#g' \
        -e 's#"preact"#"./preact.js"#g' \
        -e 's#"@preact/signals-core"#"./signals-core.js"#g' \
        -e 's#"@floating-ui/core"#"./floating-ui-core.js"#g' \
        -e 's#"@floating-ui/utils/dom"#"./floating-ui-utils-dom.js"#g' \
        -e 's#"@floating-ui/utils"#"./floating-ui-utils.js"#g' \
        -e "s#'@khanacademy/perseus-utils'#\"./perseus-utils.js\"#g" \
        -e '/^\/\/# sourceMappingURL=/d' \
        "node_modules/$1/$2" > "$to/$3"
    licence="$to/$(printf %s "$1" | tr -d @ | tr / -).LICENSE.txt"
    [ -e "$licence" ] || cp "node_modules/$1/LICENSE" "$licence"
}

take preact dist/preact.mjs preact.js
take preact hooks/dist/hooks.mjs preact-hooks.js
take htm dist/htm.mjs htm.js
take @preact/signals dist/signals.mjs signals.js
take @preact/signals-core dist/signals-core.mjs signals-core.js
take @floating-ui/dom dist/floating-ui.dom.browser.min.mjs floating-ui-dom.js
take @floating-ui/core dist/floating-ui.core.browser.min.mjs floating-ui-core.js
take @khanacademy/simple-markdown dist/es/index.js simple-markdown.js
take @khanacademy/perseus-utils dist/es/index.js perseus-utils.js
rm -rf node_modules
