// The websocket: acts are asked for and answered, news comes in between. It comes back by itself.

const RETRY_MS = 1000;

export class Connection {
  #socket = null;
  #waiting = new Map();
  #last = 0;

  /** `heard` gets every piece of news, `changed` whether the page is connected. */
  constructor(url, { heard, changed }) {
    this.url = url;
    this.heard = heard;
    this.changed = changed;
  }

  open() {
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => this.changed(true);
    socket.onmessage = ({ data }) => this.#read(JSON.parse(data));
    socket.onclose = () => {
      this.changed(false);
      for (const { reject } of this.#waiting.values()) reject(new Error("The sandbox is gone."));
      this.#waiting.clear();
      setTimeout(() => this.open(), RETRY_MS);
    };
  }

  /** Ask for an act; resolves with what came of it, rejects with why Discord's client would not send it. */
  ask(act, body = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error("The sandbox is gone."));
    this.#last += 1;
    this.#socket.send(JSON.stringify({ n: this.#last, do: act, ...body }));
    return new Promise((resolve, reject) => this.#waiting.set(this.#last, { resolve, reject }));
  }

  #read(frame) {
    if (frame.type !== undefined) return this.heard(frame);
    const { resolve, reject } = this.#waiting.get(frame.n) ?? {};
    this.#waiting.delete(frame.n);
    if (frame.error === undefined) resolve?.(frame.ok);
    else reject?.(new Error(frame.error));
  }
}
