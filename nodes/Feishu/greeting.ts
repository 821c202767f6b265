import { asFields, asText } from '../../protocol/fields';
import { appMessage, written } from '../../protocol/feishu/encode';
import { tokenRules } from '../../protocol/feishu/token';
import { urlBelow } from '../../protocol/pasted';
import { reasonIn, type RegistrationGrant } from '../../protocol/registration';
import { idempotencyKey } from '../../protocol/text';
import type { Greeting, RegistrationCall } from '../shared/registration';

/* The first words of a new bot, where there is no n8n to send them. */

interface Posted {
	path: string;
	body: object;
	token?: string;
}

/** A request of Feishu's API, and the fields of its answer, or why there are none. */
async function post(
	call: RegistrationCall,
	baseUrl: string,
	{ path, body, token }: Posted,
): Promise<{ fields: Record<string, unknown> } | { reason: string }> {
	const response = await call({
		method: 'POST',
		url: urlBelow(baseUrl, path),
		headers: {
			'content-type': 'application/json',
			...(token && { authorization: `Bearer ${token}` }),
		},
		body: JSON.stringify(body),
	});
	if ('class' in response) return { reason: response.code };
	const fields = asFields(response.body);
	if (fields.code === 0) return { fields };
	const said = `${asText(fields.msg)} (${asText(fields.code) || `HTTP ${response.status}`})`;
	return { reason: reasonIn(said) };
}

export async function greet(
	call: RegistrationCall,
	{ baseUrl = '', appId = '', appSecret = '' }: RegistrationGrant['values'],
	{ personId, text }: Greeting,
): Promise<string | undefined> {
	const keys = { app_id: appId, app_secret: appSecret };
	const granted = await post(call, baseUrl, { path: tokenRules.path, body: keys });
	if ('reason' in granted) return granted.reason;
	const sent = await post(call, baseUrl, {
		path: '/open-apis/im/v1/messages?receive_id_type=open_id',
		body: {
			receive_id: personId,
			...appMessage(written({ type: 'text', text })),
			uuid: idempotencyKey('greeting', appId, personId),
		},
		token: asText(granted.fields.tenant_access_token),
	});
	return 'reason' in sent ? sent.reason : undefined;
}
