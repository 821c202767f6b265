import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import type { World } from '../world.ts';

/* What a browser shows that opens the address of a code: a phone would show the platform's page. */

/** Leads to the playground, which is the phone. It alone may ask the sandbox for anything, so that it is linked. */
export function lead(address: string): ServiceReply {
	const link = `/?scan=${encodeURIComponent(address)}`;
	const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url=${link}">
<title>Scan</title>
<p><a href="${link}">Scan it in the playground · <span lang="zh">在演练场扫码</span></a></p>
</html>
`;
	return { body, headers: { 'content-type': 'text/html; charset=utf-8' } };
}

/** The page that a code's address leads to. */
export const codePage = (path: RegExp): ServiceRoute => ({
	method: 'GET',
	path,
	kind: 'page',
	handle({ host, path: opened, query }: Call, world: World) {
		return lead(`${world.origin}/${host}${opened}?${query}`);
	},
});
