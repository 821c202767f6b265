'use strict';

/** @import { Variables } from './credentials.js' */
/** @import { Platform } from '../workflows/simulated.js' */

/**
 * The variables of `.env` that set where and as whom a platform is asked for a bot, by the platform's own words for
 * it; what is left out is the platform's default. Those of the bot's APIs are the ones of its credential.
 *
 * @type {Record<Platform, Record<string, string>>}
 */
const REGISTRATIONS = {
	dingtalk: {
		registrationUrl: 'CLAWBOT_DINGTALK_REGISTRATION_URL',
		codeDomains: 'CLAWBOT_DINGTALK_CODE_DOMAINS',
		source: 'CLAWBOT_DINGTALK_SOURCE',
		baseUrl: 'CLAWBOT_DINGTALK_BASE_URL',
		oapiBaseUrl: 'CLAWBOT_DINGTALK_OAPI_BASE_URL',
	},
	feishu: {
		registrationUrl: 'CLAWBOT_FEISHU_REGISTRATION_URL',
		larkRegistrationUrl: 'CLAWBOT_LARK_REGISTRATION_URL',
		codeDomains: 'CLAWBOT_FEISHU_CODE_DOMAINS',
		source: 'CLAWBOT_FEISHU_SOURCE',
		baseUrl: 'CLAWBOT_FEISHU_BASE_URL',
		larkBaseUrl: 'CLAWBOT_LARK_BASE_URL',
	},
	wecom: {
		registrationUrl: 'CLAWBOT_WECOM_REGISTRATION_URL',
		codeDomains: 'CLAWBOT_WECOM_CODE_DOMAINS',
		source: 'CLAWBOT_WECOM_SOURCE',
		websocketUrl: 'CLAWBOT_WECOM_AIBOT_WEBSOCKET_URL',
	},
};

/**
 * What `.env` says of a platform's registration.
 *
 * @param {Platform} platform
 * @param {Variables} variables
 */
function registrationSettings(platform, variables) {
	/** @type {Record<string, string>} */
	const settings = {};
	for (const [name, variable] of Object.entries(REGISTRATIONS[platform])) {
		const value = variables[variable];
		if (value) settings[name] = value;
	}
	return settings;
}

module.exports = { REGISTRATIONS, registrationSettings };
