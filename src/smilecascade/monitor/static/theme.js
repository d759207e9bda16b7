// Dark or light, before the first paint: what the reader chose here, else what the system says.
"use strict";

(() => {
  const KEY = "smilecascade-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // no storage allowed: the system's choice stands
    }
  };

  const apply = () => {
    document.documentElement.dataset.theme = chosen() ?? (dark.matches ? "dark" : "light");
    dispatchEvent(new Event("theme"));
  };

  dark.addEventListener("change", apply);
  apply();

  addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", () => {
      const other = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem(KEY, other);
      } catch {
        document.documentElement.dataset.theme = other; // for as long as the page is open
      }
      apply();
    });
  });
})();
