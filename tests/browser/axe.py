"""axe-core in a page: what it finds of serious or critical impact."""

from axe_playwright_python.base import AXE_SCRIPT

LOOK = """async ([places, rules, exclude]) => {
    const all = places.flatMap(place => [...document.querySelectorAll(place)]);
    const include = all.filter(one => one.checkVisibility());
    if (!include.length) return [];
    const options = {resultTypes: ['violations'], preload: false, ...(rules ? {runOnly: rules} : {})};
    const {violations} = await axe.run({include, exclude}, options);
    return violations
        .filter(({impact}) => ['serious', 'critical'].includes(impact))
        .map(({id, nodes}) => `${id}, ${nodes.length} times: ${nodes[0].html} ${nodes[0].failureSummary}`);
}"""


def serious(page, places=("body",), rules=None, exclude=()):
    """What axe finds in these places, but for what is excluded, by all its rules or by some."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(LOOK, [list(places), rules, list(exclude)])
