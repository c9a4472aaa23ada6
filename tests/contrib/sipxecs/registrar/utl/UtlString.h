// As much of the registrar's string as the plug-in uses: declared as there, made of nothing of theirs.
#ifndef TEST_UTL_STRING_H
#define TEST_UTL_STRING_H

#include <cstddef>

class UtlString
{
public:
   UtlString();
   UtlString(const char* text);
   UtlString(const UtlString& other);
   virtual ~UtlString();
   UtlString& operator=(const UtlString& other);

   void assign(const char* text, size_t length);
   size_t length() const;
   const char* data() const;

private:
   char* mText;
   size_t mLength;
};

#endif
