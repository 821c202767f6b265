import { encryptCbc, pad, randomBytes } from '../aes.ts';
import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import type { World } from '../world.ts';

/** The URL of a file in a message works for so long. */
const URL_LIFE_MS = 5 * 60_000;

/**
 * Where the file of a message lies, encrypted. By a connection (`isOwnKey`) it has a key of its own, which
 * the message tells; else the key is that of the callbacks.
 */
export function offerFile(key: string | undefined, world: World, isOwnKey = false): object {
	const file = key === undefined ? undefined : world.files.get(key);
	if (!file) return {};
	file.offeredAt = world.clock.now();
	if (!isOwnKey) return { url: `${world.origin}/wecom/files/${key}` };
	file.aesKey ??= randomBytes(32).toString('base64');
	return { url: `${world.origin}/wecom/files/own/${key}`, aeskey: file.aesKey };
}

/** What the platform says of a URL that is too old is not published. */
function download(call: Call, world: World, isOwnKey: boolean): ServiceReply {
	const file = world.files.get(call.params[0]!);
	const isFresh = file?.offeredAt && world.clock.now() < file.offeredAt + URL_LIFE_MS;
	if (!isFresh)
		return { status: 404, body: 'Not Found', refused: 'no file, or a URL older than 5 min' };
	const callbackKey = `${world.accounts.weComAiBotApi.encodingAesKey}=`;
	const key = Buffer.from(isOwnKey ? file.aesKey! : callbackKey, 'base64');
	const fileName = encodeURIComponent(file.name);
	return {
		body: encryptCbc(key, key.subarray(0, 16), pad(file.data, 32)),
		headers: { 'content-disposition': `attachment; filename="${fileName}"` },
	};
}

export const aiBotFileRoutes: ServiceRoute[] = [
	{
		method: 'GET',
		path: /^\/files\/own\/([^/]+)$/,
		kind: 'download',
		handle: (call, world) => download(call, world, true),
	},
	{
		method: 'GET',
		path: /^\/files\/([^/]+)$/,
		kind: 'download',
		handle: (call, world) => download(call, world, false),
	},
];
