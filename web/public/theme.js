// Before the first paint, so that no page flashes in the wrong colours.
;(() => {
  let kept = {}
  try {
    kept = { theme: localStorage.getItem("pilotage.theme"), mat: localStorage.getItem("pilotage.mat") }
  } catch {
    // storage is switched off: the system's choice holds
  }
  const dark = kept.theme ? kept.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches
  document.documentElement.dataset.theme = dark ? "dark" : "light"
  if (kept.mat) document.documentElement.dataset.mat = kept.mat
})()
