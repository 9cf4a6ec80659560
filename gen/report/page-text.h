/*
 * page-text.h: the page of segen audit --html without its data: report/page/, put
 * together by embed.py when segen is built.
 */
#pragma once

extern const char page_head[];	  /* up to the audit's JSON */
extern const char page_between[]; /* from there to the profiles' JSON */
extern const char page_tail[];	  /* the rest */
