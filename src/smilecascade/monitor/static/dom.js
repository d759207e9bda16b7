// Making elements.

/** The element of this id, which the page always has. */
export const byId = (id) => document.getElementById(id);

/**
 * A new element: its attributes, and what it holds (text or elements).
 * A key that begins with "on" is a listener; `style` is an object; null and false leave a key out.
 */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [name, to] of Object.entries(value)) element.style.setProperty(name, to);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...content.filter((part) => part !== null && part !== undefined));
  return element;
}

/** Set the text of an element, only where it changed: readers of screens hear what is set. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Replace what an element holds, only where that says something else: a reader may be selecting in it. */
export function replaceIfNew(element, content) {
  const fresh = make("div", {}, ...content);
  if (element.innerHTML !== fresh.innerHTML) element.replaceChildren(...fresh.childNodes);
}
