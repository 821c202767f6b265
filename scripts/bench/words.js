'use strict';
const { en } = require('./words/en.js');
const { zh } = require('./words/zh.js');

/** @typedef {typeof en} Words what the report says, in one language */

/** @type {{ en: Words, zh: Words }} */
const WORDS = { en, zh };

module.exports = { WORDS };
