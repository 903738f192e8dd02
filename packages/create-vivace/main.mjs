#!/usr/bin/env node
// Plain JavaScript for any Node from 18.3 on: who has an old one is told so, and not by a syntax error.
import { runCommandLine } from "./command-line.mjs";

process.exitCode = await runCommandLine(process.argv.slice(2));
