import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { classify } from '../../protocol/wecom/errors';
import { credentialOf } from '../shared/credentials';
import { credentialKey, withToken, type AccessToken } from '../shared/tokens';
import { request, type ApiRequest } from '../shared/transport';

const service = 'WeCom';

/** Sends a message body through a group robot (群机器人, 消息推送); its URL holds the key. */
export async function callGroupRobot(
	ctx: IExecuteFunctions,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'weComGroupRobotApi');
	const url = String(credential.webhookUrl).trim();
	return await call(ctx, credential, post(url, body), itemIndex);
}

/** Answers an AI bot's message; the URL needs no token and takes one answer. */
export async function callResponseUrl(
	ctx: IExecuteFunctions,
	responseUrl: string,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	return await call(ctx, { responseUrl }, post(responseUrl, body), itemIndex);
}

/** Calls an API of the app, with its access token. */
export async function callApp(
	ctx: IExecuteFunctions,
	path: string,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'weComAppApi');
	const url = `${baseUrlOf(credential)}${path}`;
	return await withToken(
		credentialKey(credential),
		async () => await fetchToken(ctx, credential, itemIndex),
		async (token) => {
			// The token stands in the query, so it is struck out of messages as the secrets are.
			const secrets = { ...credential, access_token: token };
			return await call(
				ctx,
				secrets,
				{ ...post(url, body), qs: { access_token: token } },
				itemIndex,
				// WeCom compares whole requests where that is asked for.
				{ idempotent: 'enable_duplicate_check' in body },
			);
		},
	);
}

async function fetchToken(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number,
): Promise<AccessToken> {
	const options: IHttpRequestOptions = {
		method: 'GET',
		url: `${baseUrlOf(credential)}/cgi-bin/gettoken`,
		qs: { corpid: credential.corpId, corpsecret: credential.secret },
	};
	const answer = await call(ctx, credential, options, itemIndex, {
		idempotent: true,
		shared: true,
	});
	return { value: String(answer.access_token), lifeMs: Number(answer.expires_in) * 1000 };
}

function baseUrlOf(credential: ICredentialDataDecryptedObject): string {
	return String(credential.baseUrl).replace(/\/+$/, '');
}

function post(url: string, body: object): IHttpRequestOptions {
	return { method: 'POST', url, body: body as IDataObject };
}

async function call(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
	itemIndex: number,
	more: Pick<ApiRequest, 'idempotent' | 'shared'> = {},
): Promise<IDataObject> {
	return await request(ctx, { service, options, classify, credential, itemIndex, ...more });
}
