import { isSuccess } from '../errors';
import { asFields, asText } from '../fields';
import { urlBelow } from '../pasted';
import {
	RegistrationError,
	fieldsOf,
	grantOf,
	judgeResponse,
	noAnswer,
	reasonIn,
	wordIn,
	type Permission,
	type RegistrationAnswer,
	type RegistrationCode,
	type RegistrationQuestion,
	type RegistrationRequest,
	type RegistrationResponse,
} from '../registration';
import { addressFor, readCode } from '../registrationCode';

/* RFC 8628, as `registerApp` of Feishu's SDK for Node has it (1.74). */

export const registrationDefaults = {
	registrationUrl: 'https://accounts.feishu.cn',
	larkRegistrationUrl: 'https://accounts.larksuite.com',
	codeDomains: 'feishu.cn, larksuite.com',
	/** The SDK puts its own name before that of the program. */
	source: 'node-sdk/n8n-nodes-clawbot',
	baseUrl: 'https://open.feishu.cn',
	larkBaseUrl: 'https://open.larksuite.com',
};

export type FeishuRegistrationSettings = typeof registrationDefaults;

/** Feishu's name for the site where companies outside China are. */
const LARK = 'lark';

function post(registrationUrl: string, values: Record<string, string>): RegistrationRequest {
	return {
		method: 'POST',
		url: urlBelow(registrationUrl, '/oauth/v1/app/registration'),
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams(values).toString(),
	};
}

export const beginRequest = ({
	registrationUrl,
}: FeishuRegistrationSettings): RegistrationRequest =>
	post(registrationUrl, {
		action: 'begin',
		archetype: 'PersonalAgent',
		auth_method: 'client_secret',
		request_user_info: 'open_id',
	});

export const pollRequest = (
	{ registrationUrl, larkRegistrationUrl }: FeishuRegistrationSettings,
	{ deviceCode, movedTo }: RegistrationQuestion,
): RegistrationRequest =>
	post(movedTo === LARK ? larkRegistrationUrl : registrationUrl, {
		action: 'poll',
		device_code: deviceCode,
	});

/** Permissions as the address of a code carries them: these alone, without those of Feishu's template. */
export async function encodeAddons(permissions: readonly Permission[]): Promise<string> {
	const namesOf = (kind: Permission['kind']): string[] =>
		permissions.filter((each) => each.kind === kind).map(({ name }) => name);
	const addons = {
		preset: false,
		scopes: { tenant: namesOf('scope') },
		events: { items: { tenant: namesOf('event') } },
		callbacks: { items: namesOf('callback') },
	};
	const zipped = new Blob([JSON.stringify(addons)])
		.stream()
		.pipeThrough(new CompressionStream('gzip'));
	return Buffer.from(await new Response(zipped).arrayBuffer()).toString('base64url');
}

/** What the person is asked to confirm. */
interface Proposal {
	/** From `encodeAddons`. */
	addons: string;
	/** The app that is to be updated; left out: a new one, so that nobody overwrites an app by mistake. */
	appId?: string;
}

/** @throws RegistrationError */
export function readBegun(
	response: RegistrationResponse,
	settings: FeishuRegistrationSettings,
	{ addons, appId }: Proposal,
): RegistrationCode {
	const fields = fieldsOf(response);
	const refusal = errorIn(response);
	if (refusal) throw new RegistrationError('refused', refusal.reason);
	const given = {
		deviceCode: fields.device_code,
		address: fields.verification_uri_complete,
		expiresIn: fields.expires_in,
		interval: fields.interval,
	};
	const code = readCode(given, settings, { expiresIn: 600, interval: 5 });
	const address = new URL(code.address);
	const query = {
		from: 'sdk',
		source: settings.source,
		tp: 'sdk',
		addons,
		...(appId ? { clientID: appId } : { createOnly: 'true' }),
	};
	for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
	return { ...code, address: addressFor(address), ...(appId && { appId }) };
}

export function readPolled(
	response: RegistrationResponse,
	settings: FeishuRegistrationSettings,
	{ appId, movedTo }: RegistrationQuestion,
): RegistrationAnswer {
	const judged = judgeResponse(response);
	if (judged) return judged;
	const { client_id, client_secret, user_info } = asFields(response.body);
	const { open_id, tenant_brand } = asFields(user_info);
	if (isSuccess(response.status) && client_id && client_secret) {
		if (appId && client_id !== appId) return { status: 'wrongApp' };
		const isLark = movedTo === LARK || tenant_brand === LARK;
		const baseUrl = isLark ? settings.larkBaseUrl : settings.baseUrl;
		const grant = grantOf({ appId: client_id, appSecret: client_secret }, { baseUrl });
		const id = wordIn(open_id);
		return grant.status === 'granted' && id ? { ...grant, person: { id } } : grant;
	}
	if (tenant_brand === LARK && movedTo !== LARK) return { status: 'moved', to: LARK };
	return answerOf(response);
}

/** By RFC 8628, section 3.5. */
function answerOf(response: RegistrationResponse): RegistrationAnswer {
	const refusal = errorIn(response);
	const reason = refusal?.reason;
	switch (refusal?.error) {
		case undefined:
			return isSuccess(response.status) ? { status: 'waiting' } : noAnswer(response.status);
		case 'authorization_pending':
			return { status: 'waiting' };
		case 'slow_down':
			return { status: 'slowDown' };
		case 'access_denied':
			return { status: 'denied', reason };
		case 'expired_token':
			return { status: 'expired', reason };
		default:
			return { status: 'failed', reason };
	}
}

function errorIn({ body }: RegistrationResponse): { error: string; reason: string } | undefined {
	const fields = asFields(body);
	const error = asText(fields.error);
	const reason = reasonIn(fields.error_description) || reasonIn(error);
	return error ? { error, reason } : undefined;
}
