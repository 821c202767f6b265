import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
} from 'n8n-workflow';
import type { Priority } from '../../core/delivery/delivery';
import { classify } from '../../protocol/feishu/errors';
import { appCharges, robotCharges } from '../../protocol/feishu/limits';
import { signBody } from '../../protocol/feishu/sign';
import { credentialOf, urlOf } from '../shared/http/credentials';
import { credentialKey, withToken, type AccessToken } from '../shared/http/tokens';
import { request, type ApiRequest, type Caller } from '../shared/http/transport';

const service = 'Feishu';

/** Sends a message body through a group robot (自定义机器人); signed anew for every call. */
export async function callGroupRobot(
	ctx: IExecuteFunctions,
	body: object,
	priority: Priority,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'feishuGroupRobotApi');
	const limit = { charges: robotCharges(credentialKey(credential)), priority };
	const seconds = String(Math.floor(Date.now() / 1000));
	const signed = signBody(body, String(credential.secret ?? '').trim(), seconds);
	const method: IHttpRequestMethods = 'POST';
	const options = {
		method,
		url: String(credential.webhookUrl).trim(),
		body: signed as IDataObject,
	};
	return await request(ctx, { service, options, classify, credential, itemIndex, limit });
}

/**
 * Posts a message by the app, with its access token.
 * @param body its `uuid` makes a repetition within an hour the same message
 * @param receiver the chat or person that gets it
 */
export async function postByApp(
	ctx: IExecuteFunctions,
	path: string,
	body: { uuid: string },
	{ priority, receiver }: { priority: Priority; receiver: string },
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'feishuAppApi');
	const limit = { charges: appCharges(credentialKey(credential), receiver), priority };
	const call = { body, itemIndex, limit, idempotent: true };
	return await callWithToken(ctx, credential, 'POST', path, call);
}

interface Call extends Pick<ApiRequest, 'itemIndex' | 'idempotent' | 'limit'> {
	body?: object;
}

/** Any call of the app, from any place that has its credential. */
export async function callWithToken(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
	method: IHttpRequestMethods,
	path: string,
	{ body, itemIndex, ...more }: Call = {},
): Promise<IDataObject> {
	return await withToken(
		credentialKey(credential),
		async () => await fetchToken(ctx, credential, itemIndex),
		async (token) => {
			const options = {
				method,
				url: urlOf(credential, path),
				headers: { authorization: `Bearer ${token}` },
				...(body && { body: body as IDataObject }),
			};
			return await request(ctx, { service, options, classify, credential, itemIndex, ...more });
		},
	);
}

async function fetchToken(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number | undefined,
): Promise<AccessToken> {
	const method: IHttpRequestMethods = 'POST';
	const url = urlOf(credential, '/open-apis/auth/v3/tenant_access_token/internal');
	const body = { app_id: credential.appId, app_secret: credential.appSecret };
	const options = { method, url, body };
	const call = {
		service,
		options,
		classify,
		credential,
		itemIndex,
		idempotent: true,
		shared: true,
	};
	const answer = await request(ctx, call);
	return { value: String(answer.tenant_access_token), lifeMs: Number(answer.expire) * 1000 };
}
