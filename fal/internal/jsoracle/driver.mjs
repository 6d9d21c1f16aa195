// Takes the official client through one scenario and prints what the caller got:
//
//   node driver.mjs FOLDER BASE SCENARIO
//
// FOLDER has the client in its node_modules; BASE is the recording server.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, base, name] = process.argv.slice(2);

// Every request goes through the global fetch, which the client takes when it is created.
const realFetch = globalThis.fetch;
globalThis.fetch = (target, init) => {
  const url = new URL(target);
  if (url.protocol !== "https:") {
    throw new Error(`a request for ${url}, which is not https`);
  }
  return realFetch(`${base}/${url.host}${url.pathname}${url.search}`, init);
};

const { createFalClient } = createRequire(join(folder, "package.json"))("@fal-ai/client");
const fal = createFalClient({ credentials: "key-id:key-secret" });

const input = JSON.parse(readFileSync(new URL("input.json", import.meta.url), "utf8"));
const flux = "fal-ai/flux/dev";
const requestId = "r-1";

const submit = async (id, options) => (await fal.queue.submit(id, options)).request_id;

// Each call of the queue for an id, to see which part of it each takes.
const queueCalls = async (id) => ({
  submitted: await submit(id, { input }),
  status: await fal.queue.status(id, { requestId }),
  cancelled: (await fal.queue.cancel(id, { requestId })) ?? null,
  result: await fal.queue.result(id, { requestId }),
});

const streamed = async (id, options) => {
  const stream = await fal.stream(id, options);
  const done = stream.done();
  done.catch(() => {}); // a failure before somebody waits for it would end the process
  const events = [];
  for await (const event of stream) {
    events.push(event);
  }
  await done;
  return events;
};

// Follows a job with its logs, and returns what was seen on the way, too.
const watched = async (options) => {
  const seen = [];
  const result = await fal.subscribe(flux, {
    input,
    logs: true,
    onEnqueue: (id) => seen.push(id),
    onQueueUpdate: (s) => seen.push([s.status, (s.logs ?? []).map((l) => l.message)]),
    ...options,
  });
  return { seen, ...result };
};

const png = () => new Blob(["not really an image"], { type: "image/png" });
const wav = () => new Blob(["nor a sound"], { type: "audio/wav" });

const inputWithBlobs = () => ({
  image_url: png(),
  nested: { list: [{ audio_url: wav() }, "a text"] },
  mask_url: "data:image/png;base64,AAAA",
});

// 95 MiB, each with a byte of its own: more than one request may carry, and no two parts alike.
const large = () => {
  const mib = 1 << 20;
  const data = new Uint8Array(95 * mib);
  for (let i = 0; i < 95; i++) {
    data.fill(i, i * mib, (i + 1) * mib);
  }
  return new Blob([data], { type: "video/mp4" });
};

const lifecycle = {
  expiresIn: "1d",
  initialAcl: { default: "forbid", rules: [{ user: "me", decision: "allow" }] },
};

const scenarios = {
  "run": () => fal.run(flux, { input }),
  "run with an empty input": () => fal.run(flux, { input: {} }),
  "run with a start timeout": () => fal.run(flux, { input, startTimeout: 2.5 }),
  "run with an output lifecycle": () => fal.run(flux, { input, storageSettings: lifecycle }),
  "run a workflow": () => fal.run("workflows/me/flow", { input }),
  "run an old id": () => fal.run("12345-my-app", { input }),
  "run with blobs": () => fal.run(flux, { input: inputWithBlobs() }),

  "run refused with 422": () => fal.run(flux, { input }),
  "run refused with 429": () => fal.run(flux, { input }),
  "run refused with 503": () => fal.run(flux, { input }),
  "run not started in time": () => fal.run(flux, { input, startTimeout: 2 }),
  "submit refused with 502": () => submit(flux, { input }),
  "status after 500": () => fal.queue.status(flux, { requestId }),
  "status after 503": () => fal.queue.status(flux, { requestId }),
  "result after 504": () => fal.queue.result(flux, { requestId }),
  "result of a failed job": () => fal.queue.result(flux, { requestId }),
  "cancel after 502": () => fal.queue.cancel(flux, { requestId }),
  "cancel a finished job": () => fal.queue.cancel(flux, { requestId }),

  "submit": () => submit(flux, { input }),
  "submit with options": () =>
    submit(flux, {
      input,
      webhookUrl: "https://me.example/hook?a=b&c=d e",
      priority: "low",
      startTimeout: 30,
      headers: { "X-Fal-Store-Io": "0", "X-App-Fal-Disable-Fallback": "true" },
    }),
  "submit with every option": () =>
    submit(flux, {
      input,
      webhookUrl: "https://me.example/hook?a=b&c=d e",
      priority: "low",
      hint: "session 7",
      startTimeout: 30,
      storageSettings: lifecycle,
      // It has no options for these.
      headers: { "x-fal-tags": "project=lighthouse,team=a b", "x-fal-store-io": "0", "x-fal-no-retry": "1" },
    }),
  "submit with blobs": () => submit(flux, { input: inputWithBlobs() }),
  "queue calls": () => queueCalls("fal-ai/flux"),
  "queue calls with a path": () => queueCalls("fal-ai/kling-video/v2/master/text-to-video"),
  "queue calls of a workflow": () => queueCalls("workflows/me/flow"),
  "queue calls of a workflow with a path": () => queueCalls("workflows/me/flow/v2"),
  "queue calls of comfy": () => queueCalls("comfy/me/graph"),
  "queue calls of an old id": () => queueCalls("12345-my-app"),
  "status with logs": () => fal.queue.status(flux, { requestId, logs: true }),

  "subscribe": () => fal.subscribe(flux, { input, pollInterval: 1 }),
  "subscribe with logs": () => watched({ pollInterval: 1 }),
  "subscribe by stream": () => watched({ mode: "streaming" }),

  "stream": () => streamed(flux, { input }),
  "stream of an id that says so": () => streamed("fal-ai/any-llm/stream", { input }),
  "stream of a workflow": () => streamed("workflows/me/flow", { input }),
  "stream with blobs": () => streamed(flux, { input: inputWithBlobs() }),
  "stream refused with 422": () => streamed(flux, { input }),

  "upload": () => fal.storage.upload(png()),
  "upload without a type": () => fal.storage.upload(new Blob([new Uint8Array([0, 1, 2])])),
  "upload of a named file": () =>
    fal.storage.upload(new File(["not really an image"], "photo.png", { type: "image/png" })),
  "upload of a reader": () => fal.storage.upload(png()),
  "upload with a lifecycle": () => fal.storage.upload(png(), { lifecycle }),
  "upload in parts": () => fal.storage.upload(large()),
  "upload in parts after 503": () => fal.storage.upload(large()),
  "upload after 503": () => fal.storage.upload(png()),
};

const outcome = {};
try {
  outcome.value = (await scenarios[name]()) ?? null;
} catch (error) {
  if (error.status === undefined) {
    throw error; // no answer of the server's: nothing to compare
  }
  outcome.error = {
    status: error.status,
    request: error.requestId,
    user_timeout: error.isUserTimeout,
    fields: (error.fieldErrors ?? []).map((f) => [f.loc, f.msg, f.type]),
  };
}
console.log(JSON.stringify(outcome));
