import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
} from 'n8n-workflow';
import { classify } from '../../protocol/feishu/errors';
import { signBody } from '../../protocol/feishu/sign';
import { credentialOf } from '../shared/credentials';
import { credentialKey, withToken, type AccessToken } from '../shared/tokens';
import { request, type Caller } from '../shared/transport';

const service = 'Feishu';

/** Sends a message body through a group robot (自定义机器人); signed anew for every call. */
export async function callGroupRobot(
	ctx: IExecuteFunctions,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'feishuGroupRobotApi');
	const seconds = String(Math.floor(Date.now() / 1000));
	const signed = signBody(body, String(credential.secret ?? '').trim(), seconds);
	const method: IHttpRequestMethods = 'POST';
	const options = {
		method,
		url: String(credential.webhookUrl).trim(),
		body: signed as IDataObject,
	};
	return await request(ctx, { service, options, classify, credential, itemIndex });
}

/** Posts to an API of the app, with its access token. */
export async function callApp(
	ctx: IExecuteFunctions,
	path: string,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'feishuAppApi');
	// Its `uuid` makes a repetition within an hour the same message.
	const idempotent = 'uuid' in body;
	return await callWithToken(ctx, credential, 'POST', path, { body, itemIndex, idempotent });
}

/** Any call of the app, from any place that has its credential. */
export async function callWithToken(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
	method: IHttpRequestMethods,
	path: string,
	call: { body?: object; itemIndex?: number; idempotent?: boolean } = {},
): Promise<IDataObject> {
	const { body, itemIndex, idempotent } = call;
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
			return await request(ctx, { service, options, classify, credential, itemIndex, idempotent });
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

function urlOf(credential: ICredentialDataDecryptedObject, path: string): string {
	return `${String(credential.baseUrl).replace(/\/+$/, '')}${path}`;
}
