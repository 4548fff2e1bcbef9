import { describe, expect, it } from "@jest/globals";
import {
  CookieJar,
  type HttpClientOptions,
  type HttpClientResponse,
  type RequestOptions,
} from "../../../src/http/index.js";
import { Ipv4Address } from "../../../src/address/index.js";
import { Conversation, ok } from "./conversation.js";

const resolve = (): Ipv4Address[] => [Ipv4Address.parse("192.0.2.1")];

/** Answers the requests one after the other with these; what was asked, and what came of it. */
async function talk(
  answers: readonly string[],
  options: RequestOptions = {},
  { url = "http://a.test/start#top", client }: { url?: string; client?: Partial<HttpClientOptions> } = {},
): Promise<{ requests: string[]; response: Promise<HttpClientResponse> }> {
  const conversation = new Conversation({ resolve, ...client });
  const response = conversation.client.request(url, options);
  response.catch(() => undefined);
  const requests: string[] = [];
  for (const answer of answers) {
    await conversation.settle();
    for (const peer of conversation.network.peers) {
      const request = peer.take();
      if (request === "") continue;
      requests.push(request);
      peer.send(answer);
    }
  }
  await conversation.settle();
  return { requests, response };
}

function to(location: string, status = 302, fields = ""): string {
  return `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\n${fields}Content-Length: 5\r\n\r\nmoved`;
}

function lines(requests: readonly string[]): (string | undefined)[] {
  return requests.map((request) => request.split("\r\n")[0]);
}

describe("a redirect", () => {
  it("is followed to where it leads", async () => {
    const { requests, response } = await talk([
      to("/next?a"),
      to("//b.test/", 301),
      to("../x", 307),
      ok("there"),
    ]);
    expect(lines(requests)).toEqual([
      "GET /start HTTP/1.1",
      "GET /next?a HTTP/1.1",
      "GET / HTTP/1.1",
      "GET /x HTTP/1.1",
    ]);
    expect(requests[2]).toContain("Host: b.test\r\n");
    expect(await response).toMatchObject({ status: 200, redirected: true, url: "http://b.test/x" });
    expect(await (await response).text()).toBe("there");
  });

  it("leads where bytes beyond ASCII say", async () => {
    const { requests } = await talk([to("/gr\xc3\xbc\xc3\x9fe", 302), ok()]);
    expect(lines(requests)[1]).toBe("GET /gr%C3%BC%C3%9Fe HTTP/1.1");
  });

  // RFC 9110 §15.4
  it.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [307, "POST", "POST"],
    [308, "POST", "POST"],
    [301, "PUT", "PUT"],
    [302, "DELETE", "DELETE"],
    [303, "PUT", "GET"],
    [303, "HEAD", "HEAD"],
    [302, "HEAD", "HEAD"],
  ])("%i after %s is followed with %s", async (status, method, next) => {
    const body = method === "HEAD" ? undefined : "body";
    const { requests } = await talk(
      [method === "HEAD" ? `HTTP/1.1 ${status} x\r\nLocation: /n\r\n\r\n` : to("/n", status), ok()],
      {
        method,
        ...(body && { body }),
        headers: { "Content-Language": "en", "X-A": "b" },
      },
    );
    expect(lines(requests)[1]).toBe(`${next} /n HTTP/1.1`);
    expect(requests[1]!.endsWith("body")).toBe(next === method && body !== undefined);
    expect(requests[1]!.includes("Content-Language")).toBe(next === method);
    expect(requests[1]).toContain("X-A: b\r\n");
  });

  it.each([
    ["300 Multiple Choices", "Location: /n\r\n"],
    ["304 Not Modified", "Location: /n\r\n"],
    ["305 Use Proxy", "Location: /n\r\n"],
    ["302 Found", ""],
    ["201 Created", "Location: /n\r\n"],
  ])("is not %s", async (status, fields) => {
    const { requests, response } = await talk([`HTTP/1.1 ${status}\r\n${fields}Content-Length: 0\r\n\r\n`]);
    expect(requests).toHaveLength(1);
    expect((await response).status).toBe(Number(status.slice(0, 3)));
  });

  it("keeps credentials and cookies for their origin", async () => {
    const headers = { Cookie: "own=1", Authorization: "Own", Host: "virtual.test", "X-A": "b" };
    const { requests } = await talk([to("/same"), to("http://a.test:81/"), to("http://a.test/"), ok()], {
      headers,
    });
    expect(requests[1]).toContain(
      "Host: virtual.test\r\nUser-Agent: wirelet\r\nAuthorization: Own\r\nX-A: b\r\nCookie: own=1\r\n",
    );
    for (const request of requests.slice(2)) {
      expect(request).toContain("X-A: b\r\n");
      expect(request).not.toMatch(/own|virtual/i);
    }
  });

  it("tells no user to others, neither the caller's nor its own", async () => {
    const auth = { user: "ann", password: "secret" };
    const { requests } = await talk([to("/same"), to("http://eve:guess@b.test/"), to("https://a.test/")], {
      auth,
    });
    expect(requests.map((request) => request.includes("Authorization"))).toEqual([true, true, false]);
    const again = await talk(
      [to("/same"), to("http://b.test/"), ok()],
      {},
      { url: "http://ann:secret@a.test/" },
    );
    expect(again.requests.map((request) => request.includes("Authorization"))).toEqual([true, true, false]);
  });

  it("is followed only so often", async () => {
    const loop = Array.from({ length: 11 }, () => to("/start"));
    const { requests, response } = await talk(loop);
    await expect(response).rejects.toThrow("redirected more than 10 times (ELOOP)");
    expect(requests).toHaveLength(11);
    const none = await talk([to("/start")], { maxRedirects: 0 });
    await expect(none.response).rejects.toMatchObject({ code: "ELOOP" });
  });

  it("is the response, if that is wanted", async () => {
    const { response } = await talk([to("/n")], { redirect: "manual" });
    expect(await response).toMatchObject({ status: 302, redirected: false });
    expect(await (await response).text()).toBe("moved");
  });

  it("is an error, if that is wanted", async () => {
    const { response } = await talk([to("/n")], { redirect: "error" });
    await expect(response).rejects.toThrow("a redirect to /n, which is not to be followed (EACCES)");
  });

  it.each(["ftp://a.test/", "javascript:0", "http://", "http://a b/"])(
    "does not lead to %s",
    async (location) => {
      const { response } = await talk([to(location)]);
      await expect(response).rejects.toMatchObject({ code: "EPROTO" });
    },
  );

  it("can't send a stream again", async () => {
    async function* stream(): AsyncGenerator<string> {
      yield "once";
    }
    const { response } = await talk([to("/n", 307)], { method: "POST", body: stream() });
    await expect(response).rejects.toThrow("the body can't be sent again (ENOTSUP)");
    const left = await talk([to("/n", 303), ok()], { method: "POST", body: stream() });
    expect((await left.response).status).toBe(200);
  });
});

describe("a cookie", () => {
  it("goes back to who has set it, also behind a redirect", async () => {
    const jar = new CookieJar({ wallClock: { now: () => 0 } });
    const { requests } = await talk(
      [
        to("http://b.test/", 302, "Set-Cookie: id=1\r\nSet-Cookie: tab=\xfc; Path=/start\r\n"),
        to("http://a.test/start"),
        ok(),
      ],
      { headers: { Cookie: "own=1" } },
      { client: { jar } },
    );
    expect(requests[0]).toContain("Cookie: own=1\r\n");
    expect(requests[1]).not.toContain("Cookie");
    expect(requests[2]).toContain("Cookie: tab=\xfc; id=1\r\n");
  });

  it("that is strict stays behind where another site has led to", async () => {
    const jar = new CookieJar({ wallClock: { now: () => 0 } });
    jar.store("http://b.test/", "strict=1; SameSite=Strict");
    jar.store("http://b.test/", "lax=1; SameSite=Lax");
    const { requests } = await talk([to("http://b.test/"), ok()], {}, { client: { jar } });
    expect(requests[1]).toContain("Cookie: lax=1\r\n");
    const posted = await talk([to("http://b.test/", 307), ok()], { method: "POST" }, { client: { jar } });
    expect(posted.requests[1]).not.toContain("Cookie");
  });
});
