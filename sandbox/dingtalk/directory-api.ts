import { randomBytes } from '../aes.ts';
import { type Call, parseMultipart, type ServiceReply, type ServiceRoute } from '../http.ts';
import type { Person } from '../people.ts';
import type { World } from '../world.ts';
import { apiError, badApiCall, badOapiToken, badRobotCode, requestId } from './auth.ts';
import { oapiError } from './robot-api.ts';

function downloadUrl(call: Call, world: World): ServiceReply {
	const refusal = badApiCall(call, world) ?? badRobotCode(call, world);
	if (refusal) return refusal;
	const { downloadCode } = call.json!;
	return world.files.get(downloadCode)
		? {
				body: { downloadUrl: `${world.origin}/dingtalk/files/${encodeURIComponent(downloadCode)}` },
			}
		: apiError(400, 'invalidParameter.downloadCode', 'downloadCode 无效');
}

function download(call: Call, world: World): ServiceReply {
	const file = world.files.get(call.params[0]!);
	return file
		? { body: file.data, headers: { 'content-type': file.contentType } }
		: { status: 404, body: 'not found', refused: 'unknown file' };
}

const MEDIA_LIMIT: Record<string, number> = { image: 20, voice: 2, video: 20, file: 20 };

function mediaUpload(call: Call, world: World): ServiceReply {
	const refusal = badOapiToken(call, world);
	if (refusal) return refusal;
	const type = call.query.get('type') ?? '';
	const media = parseMultipart(call)?.get('media');
	if (!MEDIA_LIMIT[type]) return oapiError(40004, '不合法的媒体文件类型');
	if (!media?.fileName || !media.data.length) return oapiError(41005, '缺少多媒体文件数据');
	if (media.data.length > MEDIA_LIMIT[type] * 1024 * 1024)
		return oapiError(40009, '不合法的文件大小');
	const key = `@sandbox${randomBytes(12).toString('hex')}`;
	const contentType = media.contentType ?? 'application/octet-stream';
	world.files.put(key, { type, name: media.fileName, data: media.data, contentType });
	const created = Math.floor(world.clock.now());
	return { body: { errcode: 0, errmsg: 'ok', type, media_id: key, created_at: created } };
}

function userAnswer(person: Person | undefined, fields: (person: Person) => object): ServiceReply {
	if (!person) return oapiError(60121, '找不到该用户');
	return { body: { errcode: 0, errmsg: 'ok', result: fields(person), request_id: requestId() } };
}

function userGet(call: Call, world: World): ServiceReply {
	return (
		badOapiToken(call, world) ??
		userAnswer(world.people.person(String(call.json?.userid)), (person) => ({
			userid: person.id,
			unionid: `union${person.id}`,
			name: person.name,
			mobile: person.mobile,
			email: person.email,
			active: true,
		}))
	);
}

function userByMobile(call: Call, world: World): ServiceReply {
	const mobile = String(call.json?.mobile);
	const person = world.people.personBy((candidate) => candidate.mobile === mobile);
	return badOapiToken(call, world) ?? userAnswer(person, ({ id }) => ({ userid: id }));
}

/** Files and people. */
export const directoryRoutes: ServiceRoute[] = [
	{
		method: 'POST',
		path: /^\/api\/v1\.0\/robot\/messageFiles\/download$/,
		kind: 'download',
		handle: downloadUrl,
	},
	{ method: 'GET', path: /^\/files\/(.+)$/, kind: 'download', handle: download },
	{ method: 'POST', path: /^\/oapi\/media\/upload$/, kind: 'upload', handle: mediaUpload },
	{ method: 'POST', path: /^\/oapi\/topapi\/v2\/user\/get$/, kind: 'lookup', handle: userGet },
	{
		method: 'POST',
		path: /^\/oapi\/topapi\/v2\/user\/getbymobile$/,
		kind: 'lookup',
		handle: userByMobile,
	},
];
