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

  // Return a part unpacked.
  async bytes(part) {
    return new Uint8Array(await new Response(await this.stream(part)).arrayBuffer());
  }

  // Return a part compiled: while it is unpacked.
  async program(part) {
    const headers = { "Content-Type": "application/wasm" };
    return WebAssembly.compileStreaming(new Response(await this.stream(part), { headers }));
  }

  async stream(part) {
    const file = this.files[part];
    return unpacked((await this.cached(file)) ?? (await this.fetched(file)));
  }

  // The memory of an engine that has started, kept so that the next page starts from it. Its name is
  // made of the parts on which it depends, and its hash is kept with it.
  imageName(parts) {
    return `${this.base}memory-${parts.map((part) => this.files[part].sha256.slice(0, 8)).join("-")}`;
  }

  async kept(parts) {
    try {
      const found = await (await caches.open(STORE)).match(this.imageName(parts));
      if (!found) return null;
      const packed = await found.arrayBuffer();
      if ((await digest(packed)) !== found.headers.get("X-SHA256")) return null;
      return new Uint8Array(await new Response(unpacked(packed)).arrayBuffer());
    } catch {
      return null;
    }
  }

  async keepImage(parts, image) {
    try {
      const stream = new Blob([image]).stream().pipeThrough(new CompressionStream("gzip"));
      const packed = await new Response(stream).arrayBuffer();
      const headers = { "X-SHA256": await digest(packed) };
      await (await caches.open(STORE)).put(this.imageName(parts), new Response(packed, { headers }));
    } catch {
      // The next page starts Python from the beginning.
    }
  }

  async cached(file) {
    try {
      const cache = await caches.open(STORE);
      const found = await cache.match(this.base + file.name);
      if (!found) return null;
      const packed = await found.arrayBuffer();
      if (await isWhole(packed, file)) {
        this.count(file.size);
        return packed;
      }
      await cache.delete(this.base + file.name); // Broken: fetched again.
    } catch {
      // A browser that keeps nothing fetches every time.
    }
    return null;
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
    await this.keep(file, packed);
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

  async keep(file, packed) {
    try {
      const cache = await caches.open(STORE);
      await cache.put(this.base + file.name, new Response(packed));
      const wanted = Object.values(this.files).map((one) => this.base + one.name);
      const old = (await cache.keys()).filter(({ url }) => url.endsWith(".bin") && !wanted.includes(url));
      await Promise.all(old.map((request) => cache.delete(request)));
      if (file === this.files.book) await this.forgetImages(cache);
    } catch {
      // No room, or a browser that keeps nothing.
    }
  }

  async forgetImages(cache) {
    const images = (await cache.keys()).filter(({ url }) => url.startsWith(`${this.base}memory-`));
    await Promise.all(images.map((request) => cache.delete(request)));
  }

  count(bytes) {
    this.done += bytes;
    this.progress(this.done, this.all);
  }
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
