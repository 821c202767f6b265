import { asFields, asNumber, asText, type Fields } from '../fields';
import { urlBelow } from '../pasted';
import {
	RegistrationError,
	fieldsOf,
	grantOf,
	judgeResponse,
	passingTrouble,
	reasonIn,
	wordIn,
	type RegistrationAnswer,
	type RegistrationCode,
	type RegistrationQuestion,
	type RegistrationRequest,
	type RegistrationResponse,
} from '../registration';
import { readCode } from '../registrationCode';

/* https://open.dingtalk.com/document/development/creat-dingtalk-application-scan-process */

export const registrationDefaults = {
	registrationUrl: 'https://oapi.dingtalk.com',
	codeDomains: 'dingtalk.com, dingtalk.io',
	/** DingTalk gives out names on request, and takes none as well. */
	source: '',
	baseUrl: 'https://api.dingtalk.com',
	oapiBaseUrl: 'https://oapi.dingtalk.com',
};

export type DingTalkRegistrationSettings = typeof registrationDefaults;

function post(
	{ registrationUrl }: DingTalkRegistrationSettings,
	step: 'init' | 'begin' | 'poll',
	values: Record<string, string>,
): RegistrationRequest {
	return {
		method: 'POST',
		url: urlBelow(registrationUrl, `/app/registration/${step}`),
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(values),
	};
}

/** The request for a nonce, which begins one registration within 5 minutes. */
export const initRequest = (settings: DingTalkRegistrationSettings): RegistrationRequest =>
	post(settings, 'init', settings.source ? { source: settings.source } : {});

/** The request for a code. */
export const beginRequest = (
	settings: DingTalkRegistrationSettings,
	nonce: string,
): RegistrationRequest => post(settings, 'begin', { nonce });

export const pollRequest = (
	settings: DingTalkRegistrationSettings,
	{ deviceCode }: RegistrationQuestion,
): RegistrationRequest => post(settings, 'poll', { device_code: deviceCode });

/** @throws RegistrationError */
export function readNonce(response: RegistrationResponse): string {
	const nonce = wordIn(successOf(response).nonce);
	if (nonce === undefined) throw new RegistrationError('unreadable');
	return nonce;
}

/** @throws RegistrationError */
export function readBegun(
	response: RegistrationResponse,
	settings: DingTalkRegistrationSettings,
): RegistrationCode {
	const fields = successOf(response);
	const given = {
		deviceCode: fields.device_code,
		address: fields.verification_uri_complete,
		expiresIn: fields.expires_in,
		interval: fields.interval,
	};
	return readCode(given, settings, { expiresIn: 7200, interval: 5 });
}

/** Who has denied it by mistake may scan the code again: DingTalk’s own program goes on asking for a while. */
export function readPolled(
	response: RegistrationResponse,
	{ baseUrl, oapiBaseUrl }: DingTalkRegistrationSettings,
): RegistrationAnswer {
	const judged = judgeResponse(response);
	if (judged) return judged;
	const fields = asFields(response.body);
	if (!isSuccess(fields)) return passingTrouble('failed', refusalIn(fields));
	switch (fields.status) {
		case 'SUCCESS':
			return grantOf(
				{ clientId: fields.client_id, clientSecret: fields.client_secret },
				{ baseUrl, oapiBaseUrl },
			);
		case 'FAIL':
			return passingTrouble('failed', fields.fail_reason);
		case 'EXPIRED':
			return passingTrouble('expired', '');
		default:
			return { status: 'waiting' };
	}
}

const isSuccess = ({ errcode }: Fields): boolean => asNumber(errcode) === 0;

const refusalIn = ({ errcode, errmsg }: Fields): string =>
	reasonIn(`${asText(errmsg)} (${asText(errcode) || 'no errcode'})`);

function successOf(response: RegistrationResponse): Fields {
	const fields = fieldsOf(response);
	if (!isSuccess(fields)) throw new RegistrationError('refused', refusalIn(fields));
	return fields;
}
