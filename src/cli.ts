#!/usr/bin/env node
// First of all: modules run in the order in which they are imported.
import './assert-node.ts';
import { callCommand } from './commands/line/call-command.ts';
import { ProcessTerminal } from './commands/process-terminal.ts';

const terminal = new ProcessTerminal(process);
// An idle connection may keep the process; the command has ended.
process.exitCode = await callCommand(process.argv.slice(2), terminal);
terminal.ended();
