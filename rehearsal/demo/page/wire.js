/** The wire: questions to the demo's site, and the two streams that say that something has changed. */

/** The answer's JSON. Throws Error with words for people. */
export async function get(path) {
  return told(await fetch(path, { headers: { Accept: "application/json" } }));
}

/** Likewise, with something to say. */
export async function post(path, body) {
  return told(await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

async function told(answer) {
  const body = await answer.json().catch(() => ({}));
  if (body.ok === false && body.error) throw new Error(body.error);
  if (!answer.ok) throw new Error(`the demo answered ${answer.status}`);
  return body;
}

/**
 * Call `heard` when there may be news, `lost(true)` when nobody answers any more, `lost(false)` when somebody does.
 * A hidden page lets go of its stream: a browser has but six connections for all pages of one site.
 */
export function listen(path, { heard, lost }) {
  let stream = null;
  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(path);
    stream.onopen = () => (lost(false), heard());
    stream.onmessage = heard;
    stream.onerror = () => {
      lost(true);
      if (stream?.readyState === EventSource.CLOSED) (close(), setTimeout(open, 2000));
    };
  };
  const close = () => (stream?.close(), (stream = null));
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}
