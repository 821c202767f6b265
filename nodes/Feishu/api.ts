import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { classify, notSent } from '../../protocol/feishu/errors';
import { appCharges, robotCharges } from '../../protocol/feishu/limits';
import { signBody } from '../../protocol/feishu/sign';
import { tokenRules } from '../../protocol/feishu/token';
import { pastedKey, pastedUrl } from '../../protocol/pasted';
import { credentialOf, urlOf } from '../shared/http/credentials';
import { credentialKey } from '../shared/http/tokens';
import type { ApiRequest, Caller } from '../shared/http/apiRequest';
import { request } from '../shared/http/transport';
import type { SendContext } from '../shared/send/adapter';

export const credentials = {
	app: { name: 'feishuAppApi', displayName: 'Feishu App API' },
	groupRobot: { name: 'feishuGroupRobotApi', displayName: 'Feishu Group Robot API' },
};

const feishu = { service: 'Feishu', classify };

/** Sends a message body through a group robot (自定义机器人); signed anew for every call. */
export async function callGroupRobot(context: SendContext, body: object): Promise<IDataObject> {
	const { ctx, itemIndex, priority } = context;
	const credential = await credentialOf(ctx, credentials.groupRobot);
	const seconds = String(Math.floor(Date.now() / 1000));
	const signed = signBody(body, pastedKey(credential.secret), seconds);
	const url = pastedUrl(credential.webhookUrl);
	return await request(ctx, {
		...feishu,
		options: { method: 'POST', url, body: signed as IDataObject },
		credential,
		itemIndex,
		limit: { charges: robotCharges(credentialKey(credential)), priority },
	});
}

/**
 * How long an answer waits for a limit, since somebody waits for it. A limit of a second is soon over; what the limit
 * of a minute holds back for longer goes to the delivery queue at once.
 */
const PATIENCE_MS = 20_000;

interface AppMessage {
	path: string;
	/** Its `uuid` makes a repetition within an hour the same message. */
	body: { uuid: string };
	/** The chat or person that gets it. */
	receiver: string;
}

/**
 * Posts a message by the app.
 * @returns the message's id
 */
export async function postByApp(
	context: SendContext,
	{ path, body, receiver }: AppMessage,
): Promise<string> {
	const { ctx, itemIndex, priority, via } = context;
	const credential = await credentialOf(ctx, credentials.app);
	const charges = appCharges(credentialKey(credential), receiver);
	const answer = await callApp(ctx, credential, {
		method: 'POST',
		path,
		body,
		itemIndex,
		judge: notSent,
		idempotent: true,
		limit: { charges, priority, ...(via === 'reply' && { patienceMs: PATIENCE_MS }) },
	});
	return String((answer.data as IDataObject | undefined)?.message_id ?? '');
}

interface AppCall extends Pick<ApiRequest, 'itemIndex' | 'idempotent' | 'judge' | 'limit'> {
	method: 'GET' | 'POST';
	path: string;
	body?: object;
}

/** Any call of the app, with its access token, from any place that has its credential. */
export async function callApp(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
	{ method, path, body, ...more }: AppCall,
): Promise<IDataObject> {
	const url = urlOf(credential, path);
	const options = { method, url, ...(body && { body: body as IDataObject }) };
	return await request(ctx, { ...feishu, options, credential, token: tokenRules, ...more });
}
