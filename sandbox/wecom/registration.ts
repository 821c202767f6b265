import { randomBytes } from '../aes.ts';
import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import type { PlatformCodes } from '../registration/offer.ts';
import { codePage, lead } from '../registration/page.ts';
import { issueSecret } from '../tokens.ts';
import type { World } from '../world.ts';
import { weComError, weComOk } from './webhook-api.ts';

/* WeCom's AI bots by a scan. All that is known of the status is `success`: the other words are the sandbox's. */

const PLATFORMS = ['0', '1', '2', '3'];
const PAGE = '/wecom/ai/qc/c';

function generate(call: Call, world: World): ServiceReply {
	const source = call.query.get('source');
	if (!source || source.length > 64) return weComError(40058, 'source missing');
	if (!PLATFORMS.includes(call.query.get('plat') ?? '')) return weComError(40058, 'invalid plat');
	const { deviceCode, address } = world.registrations.begin(
		'wecom',
		(code) => `${world.origin}${PAGE}?s=${code}`,
		source,
	);
	return weComOk({ data: { scode: deviceCode, auth_url: address } });
}

const STATUS = {
	waiting: 'init',
	scanned: 'scanned',
	denied: 'cancelled',
	expired: 'expired',
	used: 'expired',
};

function queryResult(call: Call, world: World): ServiceReply {
	const scode = call.query.get('scode');
	if (!scode) return weComError(40058, 'scode missing');
	const asked = world.registrations.ask('wecom', scode);
	if (!asked) return weComError(40058, 'invalid scode');
	const { registration, state } = asked;
	const note = asked.early ? 'early' : undefined;
	if (state !== 'confirmed') return { ...weComOk({ data: { status: STATUS[state] } }), note };
	registration.progress = 'used';
	const { id, secret } = registration.bot!;
	const data = { status: 'success', bot_info: { botid: id, secret } };
	return { ...weComOk({ data }), note };
}

/** Shows a code in a browser, to whoever has its device code. */
function genPage({ query }: Call, world: World): ServiceReply {
	const shown = world.registrations.withDeviceCode('wecom', query.get('scode'));
	return shown ? lead(shown.address) : weComError(40058, 'invalid scode');
}

export const registrationRoutes: ServiceRoute[] = [
	{ method: 'GET', path: /^\/ai\/qc\/generate$/, kind: 'registration', handle: generate },
	{ method: 'GET', path: /^\/ai\/qc\/query_result$/, kind: 'registration', handle: queryResult },
	codePage(/^\/ai\/qc\/c$/),
	{ method: 'GET', path: /^\/ai\/qc\/gen$/, kind: 'page', handle: genPage },
];

export const weComCodes: PlatformCodes = {
	app: 'wecom',
	codeIn: (address) => address.searchParams.get('s'),
	offerOf: () => ({}),
	newBot: () => ({ id: `aib${randomBytes(12).toString('hex')}`, secret: issueSecret() }),
};
