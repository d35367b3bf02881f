// Paper is light, and has nothing to click: all that is folded is open on it.
addEventListener("beforeprint", () => {
    const {dataset} = document.documentElement;
    dataset.onScreen = dataset.theme;
    dataset.theme = "light";
    document.querySelectorAll("details:not([open])").forEach(details => {
        details.open = true;
        details.dataset.folded = "";
    });
});
addEventListener("afterprint", () => {
    document.documentElement.dataset.theme = document.documentElement.dataset.onScreen;
    document.querySelectorAll("details[data-folded]").forEach(details => {
        details.open = false;
        delete details.dataset.folded;
    });
});

// The theme lets keys scroll what is too wide, when the window changes; what is opened may be too wide as well.
document.addEventListener("toggle", () => dispatchEvent(new Event("resize")), true);
