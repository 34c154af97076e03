/* Loads a vendored library once, when a page first needs it. */

const loading = new Map();

export function library(address) {
  if (!loading.has(address)) {
    loading.set(address, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    }));
  }
  return loading.get(address);
}

export function stylesheet(address) {
  if (!loading.has(address)) {
    loading.set(address, new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      link.addEventListener("load", resolve);
      link.addEventListener("error", reject);
      document.head.prepend(link);
    }));
  }
  return loading.get(address);
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
