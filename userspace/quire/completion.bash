# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of quire and quire-load in bash. What there is to complete is what --help says, of
# the very program that is installed.

# The commands and options that a help text lists.
_quire_words() {
	"$@" --help 2>/dev/null | awk '
		/^Example:/ { exit }
		/^  [a-z]/ { print $1 }
		/^ +-/ && match($0, /--[a-z][a-z-]*/) { print substr($0, RSTART, RLENGTH) }'
}

# What follows an option or a command, one a line; nothing where that is not known.
_quire_values() {
	case $1 in
	-p|--pid|heat|translate|wss)	cd /proc && printf '%s\n' [0-9]* ;;
	-c|--command)	cat /proc/[0-9]*/comm 2>/dev/null ;;
	-g|--cgroup)	cd /sys/fs/cgroup 2>/dev/null && find . -type d -printf '/%P\n' 2>/dev/null ;;
	set|params)	"$2" policy list 2>/dev/null | awk '{ print $1 == "*" ? $2 : $1 }' ;;
	config)		"$2" config 2>/dev/null | awk '{ print $1 "=" }' ;;
	*)		return 1 ;;
	esac
}

_quire() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} word i
	local -a command=("${COMP_WORDS[0]}")

	COMPREPLY=()
	# The command is what comes before the first option; "quire policy set", not its arguments.
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		[[ $word == [a-z]* ]] && _quire_words "${command[@]}" | grep -qxF -- "$word" || break
		command+=("$word")
	done
	while read -r word; do
		COMPREPLY+=("$word")
	done < <(
		if [[ $current != -* ]] && values=$(_quire_values "$before" "${command[0]}"); then
			compgen -W "$values" -- "$current"
		else
			compgen -W "$(_quire_words "${command[@]}")" -- "$current"
		fi)
	# Where nothing fits, files do.
	[ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default 2>/dev/null || :
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null || :
}

complete -F _quire quire quire-load
