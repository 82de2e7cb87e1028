# balimg.fish - completion for fish: balimg completion fish | source
# SPDX-License-Identifier: Apache-2.0
function __balimg_candidates
	set -l last (commandline -ct)
	set -l words (commandline -opc) "$last"

	for line in ($words[1] completion candidates -- $words[2..-1] 2>/dev/null)
		switch $line
			case ':nospace'
			case ':files'
				set -l head (string match -r -- '^.*[=@]' "$last")
				set -l tail (string replace -r -- '^.*[=@]' '' "$last")
				for path in (__fish_complete_path "$tail")
					echo "$head$path"
				end
			case '*'
				echo $line
		end
	end
end
complete -c balimg -f -a '(__balimg_candidates)'
