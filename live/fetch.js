// Fetch the engine's files once: each is named by its content, kept in the browser's cache and checked
// by its hash whenever it is taken from there or from the network.
const STORE = "lossbook-python";

export class Problem extends Error {}

export class Fetcher {
  constructor(base, files, progress) {
    Object.assign(this, { base, files, progress, done: 0, all: 0 });
  }

  expect(parts) {
    this.all = parts.reduce((sum, part) => sum + this.files[part].size, 0);
    this.progress(0, this.all);
  }

  // Return a part as Python reads it.
  async bytes(part) {
    const file = this.files[part];
    let sent = await this.kept(file.name, file.sha256);
    if (sent) {
      this.count(file.size);
    } else {
      sent = await this.fetched(file);
      await this.keep(file.name, sent);
    }
    return new Uint8Array(file.gzip ? await new Response(unpacked(sent)).arrayBuffer() : sent);
  }

  // Return a part compiled. It is kept unpacked: to unpack it, or to hash it, takes longer than to compile
  // it, and what is broken does not compile.
  async program(part) {
    const file = this.files[part];
    const name = this.nameOf("program", [part]);
    try {
      const program = await compiled((await this.found(name)).body);
      this.count(file.size);
      return program;
    } catch {
      const [one, other] = unpacked(await this.fetched(file)).tee();
      const whole = new Response(other).arrayBuffer();
      const program = await compiled(one);
      this.keep(name, await whole);
      return program;
    }
  }

  // What was made of parts is kept under a name with their hashes.
  nameOf(kind, parts) {
    return `${kind}-${parts.map((part) => this.files[part].sha256.slice(0, 8)).join("-")}`;
  }

  async found(name) {
    return (await caches.open(STORE)).match(this.base + name);
  }

  // Return what is kept under a name, or null if it has another hash than it should have, or than it had.
  async kept(name, hash) {
    try {
      const found = await this.found(name);
      const bytes = await found.arrayBuffer();
      return (await digest(bytes)) === (hash ?? found.headers.get("X-SHA256")) ? bytes : null;
    } catch {
      return null; // Nothing is kept, or the browser keeps nothing.
    }
  }

  // Keep it for the next page, and remove what an older book has left.
  async keep(name, bytes) {
    try {
      const cache = await caches.open(STORE);
      const headers = { "X-SHA256": await digest(bytes) };
      await cache.put(this.base + name, new Response(bytes, { headers }));
      const old = (await cache.keys()).filter(({ url }) => url.startsWith(this.base) && !this.isOurs(url));
      await Promise.all(old.map((request) => cache.delete(request)));
    } catch {
      // No room, or a browser that keeps nothing: the next page fetches and makes it again.
    }
  }

  isOurs(url) {
    const [kind, ...hashes] = url.slice(this.base.length).replace(".bin", "").split("-");
    const known = Object.values(this.files).map((file) => file.sha256);
    return kind && hashes.every((hash) => known.some((one) => one.startsWith(hash)));
  }

  async fetched(file) {
    let packed;
    try {
      const answer = await fetch(this.base + file.name, { cache: "no-cache" });
      if (!answer.ok) throw new Error(answer.status);
      packed = await this.read(answer, file);
    } catch {
      throw new Problem(
        "A part of Python could not be fetched, because the network is away or blocks it; " +
          "try again, or download the notebook and run it on your machine.",
      );
    }
    if (!(await isWhole(packed, file))) {
      throw new Problem(
        "A part of Python came damaged, because something between this site and you changes files; " +
          "try again, or download the notebook and run it on your machine.",
      );
    }
    return packed;
  }

  async read(answer, file) {
    const packed = new Uint8Array(file.size);
    const reader = answer.body.getReader();
    let at = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > file.size) return packed.buffer.slice(0, 0);
      packed.set(value, at);
      at += value.length;
      this.count(value.length);
    }
    return packed.buffer;
  }

  count(bytes) {
    this.done += bytes;
    this.progress(this.done, this.all);
  }
}

function compiled(bytes) {
  return WebAssembly.compileStreaming(new Response(bytes, { headers: { "Content-Type": "application/wasm" } }));
}

function unpacked(packed) {
  return new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
}

async function digest(data) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Without crypto.subtle (a page that was not sent by https) there is no cache either.
async function isWhole(packed, file) {
  if (!globalThis.crypto?.subtle) return packed.byteLength === file.size;
  return (await digest(packed)) === file.sha256;
}
